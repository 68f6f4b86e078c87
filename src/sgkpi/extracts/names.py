"""Common names in England, by which a column of names is recognised."""

_COMMON_FORENAMES = """
aaliyah aaron abbie abdul abdullah abigail adam adrian agnes ahmed aisha alan albert alex alexander alexandra alfie
alice alison amanda amber amelia amina amy andrea andrew angela anna anne annie anthony archie arthur ashley ava
barbara beatrice ben benjamin beth bethany betty bilal blake bradley brandon brian caleb callum cameron carl carol
caroline catherine charles charlie charlotte cheryl chloe chris christian christina christine christopher claire
clare colin connor craig daisy daniel danielle darren david dawn dean deborah debra demi denise dennis derek diana
diane dominic donna dorothy douglas dylan edith edward eleanor eliza elizabeth ella ellie elliot elsie emily emma
erin ethan eva evan eve evelyn evie faith farah fatima fatimah finley fiona florence frances francesca frank freddie
freya gareth gary gemma geoffrey george georgia gerald glenn gordon grace graham hannah harley harriet harrison
harry harvey hassan hayley heather heidi helen henry hollie holly hugo hussain ian ibrahim imogen imran isaac isabel
isabella isabelle isla isobel ivy jack jackson jacob jacqueline jade jake james jamie jane janet janice jasmine
jason jayden jayne jean jeffrey jennifer jenny jessica jill joan joanna joanne joe joel john jonathan jordan joseph
josephine joshua joyce jude judith julia julian julie justin kai karen karl kate katherine kathleen katie kayla
kayleigh keith kelly kenneth kerry kevin khadija kieran kimberley kirsty kyle lara laura lauren lawrence layla leah
leanne lee leo leon leslie lewis lexi liam lily linda lisa logan lola lorraine louis louise luca lucas lucy luis
luke lydia lynn mackenzie maisie malcolm marcus margaret maria marie marion mark martin martyn mary mason mathew
matilda matt matthew maureen max maya megan melissa mia michael michelle mike millie mohammad mohammed molly
muhammad nadia naomi natalie natasha nathan neil niamh nicholas nicola nicole nigel noah nora oliver olivia omar
oscar owen pamela patricia patrick paul paula pauline peter philip phillip phoebe poppy priya rachael rachel raymond
rebecca reece reggie rhys richard riley rita robert robin roger ronald rory rosa rose rosie ross roy ruby russell
ruth ryan sadie sally sam samantha samuel sandra sara sarah scarlett scott sean sebastian shane shannon sharon shaun
sheila shirley sienna simon sofia sonia sophia sophie stacey stanley stephanie stephen steve steven stewart stuart
summer susan suzanne sydney sylvia tanya tara terence teresa terry tessa theo theodore theresa thomas tim timothy
tina toby tom tony tracey tracy tyler valerie vanessa vera veronica victoria vincent violet wayne wendy willow
yasmin yusuf yvonne zac zachary zahra zainab zara zoe
"""
_COMMON_SURNAMES = """
adams ahmed akhtar alexander ali allen anderson andrews armstrong atkinson bailey baker ball barker barnes begum
bell bennett booth brooks brown burton butler campbell carr carter chapman clark clarke cole collins cooper cox
cunningham davies davis dawson dixon edwards elliott ellis evans fisher fletcher foster fox francis gardner gibson
gill gordon graham grant gray green griffiths hall hamilton harper harris harrison hart harvey hill holmes hudson
hughes hunt hunter hussain jackson james jenkins johnson johnston jones kaur kelly kennedy khan king knight lane
lawrence lawson lee lewis lloyd macdonald marshall martin mason matthews mcdonald miller mills mitchell moore morgan
morris murphy murray newman owen palmer parker parry patel payne pearce pearson perry phillips poole powell price
reid reynolds richards richardson roberts robertson robinson rogers rose ross russell ryan saunders scott shah shaw
simpson singh smith spencer stevens stewart stone sutton taylor thomas thompson thomson turner walker wallace walsh
ward watson watts webb webster wells west white wilkinson williams williamson willis wilson wood woods wright young
"""
FORENAMES = frozenset(_COMMON_FORENAMES.split())
SURNAMES = frozenset(_COMMON_SURNAMES.split())
