"""The workforce: posts, and the workers who come and leave."""

from dataclasses import dataclass
from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.story.choices import chosen
from sgkpi.synth.story.days import MONTHS, days_earlier, days_later, known_day
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.targets import APRIL, FEBRUARY

SOCIAL_WORKERS = 111
POSTS = 160
# Posts of others than social workers, and how many of them are filled.
OTHERS = {
    ("family_support", "FYPS North"): (12, 7),
    ("family_support", "FYPS South"): (7, 6),
    ("personal_adviser", "Leaving Care Team East"): (4, 4),
    ("personal_adviser", "Leaving Care Team West"): (4, 3),
    ("reviewing_officer", "Reviewing Service"): (5, 5),
    ("team_manager", "Leaving Care Team East"): (3, 1),
    ("team_manager", "Assessment Team North"): (7, 6),
    ("senior_manager", "Children's Services"): (3, 3),
}
CARE_TEAMS = ("Children in Care East", "Children in Care West")
SAFEGUARDING = ("Safeguarding North", "Safeguarding South")
TEAMS = ("Assessment Team North", "Assessment Team South", *SAFEGUARDING, *SAFEGUARDING, "0-25 Service")
CARE_WORKERS = 14
NEWLY_QUALIFIED_IN_100 = 45  # of those who are hired
AUTUMN = Month(2018, 9)  # in which somebody leaves and somebody comes, however small the extract is
TWO_YEARS = timedelta(days=731)


@dataclass(eq=False)
class Worker(Spell):
    """Somebody who works in the service; `end` is the day on which they left."""

    role: str = "social_worker"
    agency: bool = False
    qualified: date | None = None
    post: str | None = None
    cares: bool = False  # holds the cases of children in care, and stays all the year

    def newly_qualified(self, day: date) -> bool:
        return self.qualified is not None and (day - self.qualified).days < 365


class Workforce:
    """All posts and workers, made month by month."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rng = stage.rng("workers")
        self.workers: list[Worker] = []
        self.social_posts: list[str] = []
        self.permanent = (0, 0)  # how many have a contract of their own, in the first month and the last
        self._others()
        self._agency()
        self._permanent()
        for month in MONTHS:
            self._month(month)
        self._fill_posts()

    @property
    def social_workers(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.role == "social_worker"]

    @property
    def advisers(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.role == "personal_adviser"]

    def _hire(self, day: date, *, agency: bool, team: str | None = None) -> Worker:
        rng = self.rng
        new = not agency and day >= date(2017, 4, 1) and rng.randrange(100) < NEWLY_QUALIFIED_IN_100
        years = 0 if new else rng.randint(2, 20)
        team = team or rng.choice(TEAMS)
        qualified = day - timedelta(days=years * 365 + rng.randint(10, 60))
        return self._add(Worker(self.stage.new_id("W"), day, team=team, agency=agency, qualified=qualified))

    def _add(self, worker: Worker) -> Worker:
        worker.id = worker.person
        self.workers.append(worker)
        return worker

    def _others(self) -> None:
        """Make posts, and the workers who are not social workers."""
        size, begin = self.stage.size, date(2014, 4, 1)
        for (role, team), (number, filled) in OTHERS.items():
            for place in range(size(number)):
                post = self._post(role, team, begin)
                if place < min(size(number), round(filled * size(number) / number)):
                    start = days_earlier(self.rng, date(2016, 1, 4), 0, 2500)
                    self._add(Worker(self.stage.new_id("W"), max(start, begin), role=role, team=team, post=post))
        number = size(POSTS) - len(self.stage.rows["posts"])
        teams = (*TEAMS, *CARE_TEAMS)
        self.social_posts = [self._post("social_worker", self.rng.choice(teams), begin) for _ in range(number)]

    def _post(self, role: str, team: str, begin: date) -> str:
        post = self.stage.new_id("PO")
        self.stage.add("posts", post_id=post, role=role, team=team, established_on=begin)
        return post

    def _agency(self) -> None:
        """Hire agency workers, whose median time in post is the planned one in April and in February."""
        stage, rng = self.stage, self.rng
        now = stage.count("agency_social_workers", APRIL, stage.size(SOCIAL_WORKERS))
        then = stage.count("agency_social_workers", FEBRUARY, stage.size(SOCIAL_WORKERS + 1))
        middle_now = APRIL.last_day - timedelta(days=stage.value("agency_days_in_post", APRIL))
        middle_then = FEBRUARY.last_day - timedelta(days=stage.value("agency_days_in_post", FEBRUARY))
        longer = (now - 2) // 2
        newer = max(0, now - 4 - longer)
        starts = [days_earlier(rng, middle_now, 20, 500) for _ in range(longer)]
        starts += [middle_now] * 2 + [middle_then] * 2
        starts += [days_later(rng, middle_now, 10, 150) for _ in range(newer)]
        team = [self._hire(day, agency=True) for day in starts]
        stay = (then - 2) // 2
        before = [worker for worker in team if worker.start < middle_then]
        for place, worker in enumerate(chosen(rng, before, len(before) - stay)):
            worker.end = stage.days_in(rng, MONTHS[1 + place * 10 // (len(before) - stay)], 1)[0]
        come = max(0, then - 2 - stay)
        for place in range(come):
            self._hire(stage.days_in(rng, MONTHS[1 + place * 10 // come], 1)[0], agency=True)
        self.permanent = (stage.size(SOCIAL_WORKERS) - now, stage.size(SOCIAL_WORKERS + 1) - then)

    def _permanent(self) -> None:
        """Hire permanent social workers, of whom the planned share has been in post for two years."""
        stage, rng = self.stage, self.rng
        day = APRIL.first_day
        number = self.permanent[0] + self._leavers(APRIL)
        long = stage.count("social_workers_in_post_2_years", APRIL, number)
        for place in range(number):
            ago = rng.randint(790, 4000) if place < long else rng.randint(40, 390)
            cares = place < max(3, stage.size(CARE_WORKERS))  # at any size a child can have three of them
            worker = self._hire(day - timedelta(days=ago), agency=False, team=rng.choice(CARE_TEAMS) if cares else None)
            worker.cares = cares

    def _leavers(self, month: Month) -> int:
        return round(self.stage.value("social_workers_left", month) * self.stage.scale)

    def _month(self, month: Month) -> None:
        """Let the planned number leave, and hire as many permanent workers as are to be in post."""
        stage, rng = self.stage, self.rng
        first, last = month.first_day, month.last_day
        own = [worker for worker in self.social_workers if not worker.agency and worker.end is None]
        long = {worker for worker in own if worker.start + TWO_YEARS <= last}
        begin, end = self.permanent
        wanted = round(begin + (end - begin) * (month.index - APRIL.index) / (FEBRUARY.index - APRIL.index))
        least = stage.count("social_workers_in_post_2_years", FEBRUARY, end)  # nobody gets there who is hired now
        least_moves = 1 if month == AUTUMN else 0
        for _ in range(min(max(self._leavers(month), least_moves), len(own))):
            too_many = len(long) > max(least, stage.count("social_workers_in_post_2_years", month, wanted))
            may = [worker for worker in own if not worker.cares and (worker in long) == too_many]
            for worker in chosen(rng, may or own, 1):
                worker.end = stage.working_day(rng, first, last)
                own.remove(worker)
                long.discard(worker)
        for _ in range(max(wanted - len(own), least_moves)):
            self._hire(stage.working_day(rng, first, last), agency=False)

    def _fill_posts(self) -> None:
        """Give each social worker a free post, in the order in which they start."""
        free = list(self.social_posts)
        leaving = [worker for worker in self.social_workers if worker.end]
        leaving.sort(key=lambda worker: worker.end or date.max)
        for worker in sorted(self.social_workers, key=lambda worker: worker.start):
            while leaving and (leaving[0].end or date.max) <= worker.start:
                post = leaving.pop(0).post
                free += [post] if post else []
            worker.post = free.pop(0) if free else None


def write_workers(workforce: Workforce) -> None:
    """Write the rows of `workers`."""
    stage, rng = workforce.stage, workforce.rng
    for worker in workforce.workers:
        stage.add(
            "workers",
            worker_id=worker.id,
            role=worker.role,
            team=worker.team,
            post_id=worker.post,
            started_on=worker.start,
            left_on=known_day(worker.end),
            agency=worker.agency,
            qualified_on=worker.qualified,
            full_time_equivalent=rng.choice((1, 1, 1, 1, 0.8, 0.6)) if not worker.agency else 1,
        )
