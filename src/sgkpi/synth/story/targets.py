"""The planned value of every indicator, from April 2018 to February 2019.

All modules of the story read their shares and numbers here, so that they can be changed in one place. Shares are
percentages. Values lie on a plain line from the first month to the last, with a little noise between; they stay where
the line begins before April 2018, and where it ends once it has arrived.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from sgkpi.model.periods import Month

APRIL, FEBRUARY = Month(2018, 4), Month(2019, 2)
NOISE = 0.12  # of the way from the first value to the last


@dataclass(frozen=True)
class Line:
    """Values on a line from `first` in the month `begins` to `last` in `arrives`; `but` has exceptions.

    A line arrives before February 2019 where the cases of later months are not yet due when the extract is made.
    """

    first: float
    last: float
    begins: Month = APRIL
    arrives: Month = FEBRUARY
    but: Mapping[Month, float] = field(default_factory=dict)

    def at(self, month: Month, rng: Random) -> float:
        """Return the value of a month."""
        if month in self.but:
            return self.but[month]
        if month <= self.begins or month >= self.arrives:
            return self.first if month <= self.begins else self.last
        way = (month.index - self.begins.index) / (self.arrives.index - self.begins.index)
        return self.first + (self.last - self.first) * (way + rng.uniform(-NOISE, NOISE))


TARGETS: Mapping[str, Line] = {
    # Front door and early help
    "contacts_no_further_action": Line(52, 55),
    "contacts_to_early_help": Line(9, 12),
    "contacts_after_no_further_action": Line(12, 11),
    "referrals_decided_1_working_day": Line(84, 90),
    "referrals_consent_asked": Line(93, 96),
    "re_referrals_12_months": Line(24, 22),
    "referrals_no_further_action": Line(9, 8),
    "early_help_answered_5_working_days": Line(78, 93),
    "fyps_seen_20_working_days": Line(41, 58, arrives=Month(2019, 1)),
    "fyps_waiting": Line(96, 71),
    "fyps_wait_days": Line(46, 31),
    # Child protection
    "strategy_discussions_1_working_day": Line(95, 97),
    "strategy_discussions_attended": Line(92, 95),
    "strategy_actions_dated": Line(90, 93),
    "section_47_completed_15_working_days": Line(86, 92, arrives=Month(2019, 1)),
    "icpc_15_working_days": Line(60, 78, arrives=Month(2019, 1)),
    "conferences_quorate": Line(93, 96),
    "core_groups_attendance": Line(0.77, 0.82),
    "first_core_groups_10_working_days": Line(88, 92, arrives=Month(2019, 1)),
    "core_groups_in_date": Line(79, 86),
    "assessments_45_working_days": Line(74, 79, arrives=Month(2018, 12)),
    "assessments_child_seen": Line(95, 97),
    "assessments_views_recorded": Line(78, 86),
    "assessment_analysis_good": Line(34, 43),
    "plans_good": Line(28, 36),
    "plan_actions_dated": Line(27, 35),
    "plans_with_contingency": Line(55, 63),
    "plans_with_safety_plan": Line(88, 93),
    "cin_plans_reviewed": Line(71, 80),
    "cp_reviews_in_date": Line(90, 95),
    "cp_reviews_held_by_due_day": Line(91, 95.5),
    "cp_reviews_child_took_part": Line(74, 79),
    "cp_plans_second_or_later": Line(18, 21),
    "cp_plans_2_years": Line(1, 1.5),
    "cp_visits_in_date": Line(84, 93),
    "cp_visits_seen_alone": Line(70, 82),
    "cin_visits_in_date": Line(78, 88),
    "cin_visits_seen_alone": Line(66, 76),
    "cases_allocated": Line(98.4, 99.5),
    "pre_proceedings_16_weeks": Line(62, 74),
    "pre_proceedings_letter_5_working_days": Line(70, 86),
    "pre_proceedings_next_review_set": Line(61, 61),
    "court_applications_10_working_days": Line(82, 91, arrives=Month(2019, 1)),
    "care_proceedings_26_weeks": Line(61, 66),
    "missing_again_30_days": Line(38, 33, arrives=Month(2019, 1)),
    "missing_third_in_90_days": Line(41, 36),
    "exploitation_assessed_10_working_days": Line(80, 88, arrives=Month(2019, 1)),
    "exploitation_reassessed_3_months": Line(70, 84),
    "exploitation_meeting_10_working_days": Line(58, 92, arrives=Month(2019, 1)),
    # Home education, private fostering, allegations
    "ehe_children_number": Line(205, 268),
    "ehe_initial_visits_15_working_days": Line(55, 64, arrives=Month(2019, 1)),
    "ehe_visited_in_year": Line(82, 78),
    "private_fostering_visited_7_working_days": Line(100, 100, arrives=Month(2019, 1)),
    "private_fostering_assessed_35_working_days": Line(88, 100, arrives=Month(2018, 12)),
    "private_fostering_visits_in_date": Line(100, 100),
    "private_fostering_visit_intervals": Line(92, 100),
    "private_fostering_number": Line(9, 5),
    "private_fostering_notifications": Line(1, 0),
    "allegations_decided_1_working_day": Line(95, 97),
    "allegations_referred_1_working_day": Line(86, 89),
    "allegations_meeting_5_working_days": Line(90, 93),
    "allegations_concluded_3_months": Line(88, 92),
    # Children in care
    "care_entries_planned": Line(62, 68),
    "care_returns_12_months": Line(8, 6),
    "placements_found_by_needed_day": Line(74, 79),
    "placements_matched_to_needs": Line(78, 81),
    "placements_ended_unplanned": Line(31, 27),
    "children_with_3_placements": Line(8, 5),
    "placements_long_term_stable": Line(73, 74),
    "placed_over_20_miles": Line(15, 18),
    "placed_with_own_foster_carers": Line(68, 66),
    "cla_reviews_in_date": Line(93, 96),
    "first_cla_reviews_20_working_days": Line(92, 96, arrives=Month(2019, 1)),
    "cla_review_intervals": Line(93, 96),
    "cla_reviews_child_took_part": Line(88, 92),
    "reviewing_officer_contact": Line(38, 38),
    "reviewing_officer_5_working_days": Line(94, 96),
    "first_cla_visits_1_week": Line(83, 88),
    "cla_visits_in_date": Line(86, 91),
    "cla_visits_seen_alone": Line(80, 86),
    "life_story_work": Line(74, 82),
    "advocacy_started_in_time": Line(90, 94, arrives=Month(2018, 11)),
    "mental_health_18_weeks": Line(84, 81),
    "sdq_in_date": Line(78, 84),
    "sdq_score": Line(14.2, 13.7),
    "children_in_care_missing": Line(12, 18),
    "initial_health_20_working_days": Line(58, 66, arrives=Month(2019, 1)),
    "health_assessments_in_date": Line(84, 91),
    "dental_checks_in_date": Line(81, 72),
    "reviews_health_considered": Line(95, 97),
    "first_peps_20_working_days": Line(76, 86, arrives=Month(2019, 1)),
    "peps_in_date": Line(80, 90),
    "peps_attainment_recorded": Line(58, 66),
    "peps_good": Line(52, 58),
    "year_11_pathway_discussed": Line(33, 48, begins=Month(2018, 10)),
    "exclusions_of_children_in_care": Line(5, 7),
    "exclusion_days_lost": Line(2.3, 2.6),
    "children_in_care_excluded": Line(10.1, 14.3),
    "permanence_plan_by_second_review": Line(84, 90),
    "permanence_plans_in_place": Line(92, 95),
    "permanence_tracked": Line(58, 58),
    "long_term_fostered_matched": Line(81, 86),
    "adoption_entry_to_placement_days": Line(410, 398),
    "adoption_order_to_match_days": Line(150, 138),
    "life_story_books_10_working_days": Line(80, 86),
    "later_life_letters_10_working_days": Line(80, 86),
    "foster_carers_approved": Line(118, 126),
    "foster_carers_recruited": Line(1, 2),
    "foster_carers_lost": Line(1, 1),
    "foster_assessments_8_months": Line(68, 72),
    "foster_carers_reviewed": Line(93, 93),
    "foster_places_filled": Line(1.1, 1.2),
    "adopters_stage_1_2_months": Line(74, 78),
    "adopters_stage_2_4_months": Line(80, 83),
    "adopters_waiting": Line(8, 9),
    # Care leavers
    "care_leavers_in_touch": Line(96, 96),
    "care_leavers_contacted_8_weeks": Line(88, 80, begins=Month(2018, 9)),
    "care_leavers_visited_7_days_after_move": Line(72, 64),
    "pathway_plans_reviewed_after_move": Line(60, 52, arrives=Month(2018, 12)),
    "care_leavers_without_plan": Line(6, 11),
    "care_leavers_suitable_accommodation": Line(91, 93),
    "care_leavers_in_education_or_work": Line(52, 60),
    "care_leavers_activity_known": Line(93, 96),
    "care_leavers_with_personal_adviser": Line(99, 96),
    "pathway_plans_at_16": Line(74, 62),
    "drop_in_visits": Line(48, 92),
    # Leadership
    "supervision_of_workers_in_month": Line(62, 88),
    "supervision_of_cases_in_date": Line(58, 71),
    "supervision_actions_dated": Line(40, 55),
    "supervision_actions_done": Line(47, 56),
    "management_oversight_good": Line(35, 46),
    "caseload_average": Line(19.6, 16.5),
    "caseload_over_20": Line(38, 14),
    "agency_social_workers": Line(18, 24),
    "agency_days_in_post": Line(190, 330),
    "posts_filled_permanently": Line(79, 75),
    "social_workers_left": Line(3, 1),
    "social_workers_in_post_2_years": Line(52, 50),
    "children_with_3_social_workers": Line(34, 27),
    "audits_completed": Line(12, 24),
    "audits_good": Line(31, 44),
    "practice_graded_good": Line(48, 62),
    "audit_actions_done": Line(60, 74),
    "visits_recorded_5_working_days": Line(70, 79, but={Month(2018, 10): 48, Month(2018, 11): 58}),
    "key_data_recorded": Line(86, 90, but={Month(2018, 10): 79, Month(2018, 11): 79}),
    "improvement_actions_in_time": Line(52, 70),
}
