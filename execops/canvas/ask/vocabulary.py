"""What words may mean: those of the metrics, those that say nothing, and those that no metric can answer for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from execops.canvas import catalogue
from execops.canvas.ask.words import SPELLINGS, Question, stem, stems

# They tell "who pays us" from "who do we pay", "give back" from "back"; left over, they do no harm.
MUTE = frozenset({"we", "us", "give", "gave", "given"})
SOFT = MUTE | frozenset({"quick", "quickly"})
# Words without a bearing on which number is asked for.
FILLERS = SOFT | frozenset(
    """
    data still lately anything a an the my your this that these those there here it its is are was were be been being am do does did done doing
    has have had having please kindly hey hi hello ok okay so well just actually basically really exactly our
    overall total totals altogether all any and also both much what which how tell show list display print get see
    know like look looks looking check pull find report reports summary overview breakdown chart graph plot table
    figure figures stats numbers value values amount amounts sum in on at for from to of with through into thanks
    thank - over trending moving move moved evolve evolving evolved develop developed developing growing grow grew changed
    changing happen happened happening company business actual whole entire only up down view let lets you
    individual each every respectively dear guys many again far regards regarding concerning roughly approximately
    around currently now presently moment got getting current present provide um uh er erm hmm minute fetch retrieve
    lookup already yet tho though bit little simply literally honestly maybe kind sort guess wondering wonder
    curious question across among within tally recap rundown snapshot situation picture stand standing update
    updated individually record recorded registered logged occurred occur incur incurred experienced faced suffered
    encountered summed aggregate combined increased increasing decreased decreasing rising rose risen falling fell
    fallen dropped climbed shrinking denominated thus outline compile describe summarize summarise pulled enumerate
    itemize gets whatever anyway figuring understand gimme wanna lemme sir madam folks information info detail
    details detailed they them right draw compute calculate peek grab wise together exact official ttl tot cheers
    appreciated shows shown showing totalling totaling changes develops evolves moves grows happens occurs
    """.split()  # noqa: SIM905
)
# The words that the rules of periods, groupings and currencies look for.
GRAMMAR = frozenset(
    """
    jan feb mar apr may jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun january february march april june
    july august september october november december monday tuesday wednesday thursday friday saturday sunday yesterday today daily weekly monthly quarterly quarter quarters month months week
    weeks years between since until through throughout during within before previous preceding trailing current running
    ongoing calendar first second third fourth currency currencies euros dollars pounds sterling fortnight fortnights
    complete completed whole entire three seven eight eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty sixty ninety couple vendor vendors merchant merchants payee payees provider providers customer
    customers reason reasons status statuses state states stage types kinds plays rules starting beginning ended ending
    inclusive inclusively onward onwards forward fiscal financial broken split grouped trend trends history timeline
    evolution historically annual annually yearly one two four five six nine ten top bottom biggest
    """.split()  # noqa: SIM905
)
# After a preposition, a word without a bearing is what is asked about: "spend on data".
_PREPOSITIONS = frozenset({"on", "from", "to", "by", "with", "at"})
_DETERMINERS = frozenset(
    """a an the my your our this that these those there here it them they all any each every both which what how whole
    now date present moment us we me far end""".split()  # noqa: SIM905
)
_AFTER_TO = frozenset(
    """see know get show check look pull find display list view print understand figure compute calculate do be have
    fetch retrieve describe compile draw summarize summarise""".split()  # noqa: SIM905
)
ORDER = "The canvas only reads: what is to be done is decided in the inbox."
FORECAST = "The ledger holds what happened, not what will."
ADVICE = "The canvas gives numbers, not advice."
UNTOLD = "That is not the canvas's to tell."
OTHER = "Only the ledger's numbers are here."
# Why a word makes a question one that no metric answers; the first that is found says why.
_OUT = {
    ORDER: """
        cancel delete remove drop send email mail approve reject mark create issue charge retry void forgive write
        update insert alter truncate grant execute set reset pause resume stop start enable disable export import
        transfer wire schedule remind notify undo block suppress change add edit buy sell invite sync fix move make
        book settle collect dispute process post trigger replay upgrade downgrade forward reply sign close open""",
    FORECAST: """
        will forecast forecasts forecasted predict prediction predicted projection projections project projected
        expect expected expecting future gonna estimate estimated soon upcoming eventually plan planned plans might
        likely assume assuming suppose hypothetical scenario scenarios tomorrow anticipate anticipated target targets
        goal goals budget budgeted shall probably""",
    ADVICE: """
        should recommend recommendation recommendations advice advise suggest suggestion improve reduce cut lower
        optimize optimise better good bad worth enough safe ought strategy tips idea ideas help think opinion afford
        worry worried raise hire fire prioritize prioritise increase decrease""",
    "Causes are not in the ledger: ask for the numbers.": "why because reason reasons cause causes caused explain",
    UNTOLD: """
        password passwords secret secrets token tokens key keys api salary salaries credential credentials ssn hash
        hashes iban competitor competitors phone address addresses email emails card's pin login""",
    "No metric compares; ask for each period by itself.": """
        compare compared comparing comparison vs versus than against difference relative ratio correlation
        correlate""",
    "No metric computes this statistic.": """
        average avg mean median mode percentile max maximum min minimum std deviation variance per-capita rate rates
        growth ltv cac arr arpu arpa nrr grr ebitda margin margins profit profits profitable profitability nps csat
        headcount conversion retention lifetime share percent cohort cohorts tax taxes vat runrate size cumulative""",
    "No metric takes a condition.": """
        if not except excluding exclude without unless or but over above below under more less least fewer greater
        larger smaller exceeding exceed minus ignoring other others than bottom smallest cheapest lowest worst
        slowest fastest longest shortest least""",
    "Only vendors, customers, event types and failed payments are listed by rank.": "top most first last",
    "The ledger does not know this of what it counts.": """
        plan plans country countries region regions city state enterprise mobile segment segments channel channels
        product products industry sector tier tiers user users team person people employee employees annual annually
        yearly year-on-year category categories department departments project projects campaign source sources
        account accounts""",
    OTHER: """
        sql query select database tables column columns row rows schema ignore instructions instruction prompt system
        pretend joke weather poem story name""",
}
FINAL = frozenset(_OUT)
# Words whose stem is a metric's, and whose meaning is not.
_FALSE_FRIENDS = frozenset(
    """custom customs receivable receivables payable payables transactional collector collectors businesses operations
    returning declining open""".split()  # noqa: SIM905
)
_WHY = {word: why for why, words in reversed(_OUT.items()) for word in words.split()}
WRITES = frozenset(_OUT[ORDER].split()) | {"refund", "pay", "payout", "reimburse", "spend"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words by which a metric may be asked for, in any order."""

    metric: str
    words: frozenset[str]
    joined: bool  # by "and": its words may stand on both sides of one


@cache
def phrases() -> tuple[Phrase, ...]:
    """By what every metric may be asked for: its name, its title, its synonyms."""
    found: dict[Phrase, None] = {}
    for metric in catalogue.load().values():
        for text in (metric.name.replace("_", " "), metric.title, *metric.synonyms):
            phrase = Phrase(metric.name, frozenset(telling(text)), " and " in text)
            if phrase.words:
                found[phrase] = None
    return tuple(found)


@cache
def also(metric: str) -> frozenset[str]:
    """The stems of the words that a question for a metric may hold besides."""
    words = " ".join(catalogue.load()[metric].also).split()
    return stems(SPELLINGS.get(word, word) for word in words)


@cache
def stems_of(metric: str) -> frozenset[str]:
    """All words that a question for a metric may hold."""
    return also(metric).union(*(each.words for each in phrases() if each.metric == metric))


def is_filler(word: str, before: str = "") -> bool:
    """Whether a word has no bearing on what is asked, after the one before it; those that tell metrics apart aside."""
    if word in SOFT or word not in FILLERS:
        return False
    if before not in _PREPOSITIONS or word in _DETERMINERS | _PREPOSITIONS:
        return True
    return before == "to" and word in _AFTER_TO


def telling(text: str) -> list[str]:
    """The stems of the words that say something; pronouns too, for "who pays us" is not "who do we pay"."""
    return [stem(each) for each in Question(text).words if not is_filler(each)]


def is_false_friend(word: str, metric: str) -> bool:
    """Whether a word only looks like one of a metric's: "custom revenue", "open disputes"."""
    return word in _FALSE_FRIENDS and not (word == "open" and metric == "proposals")


def why_not(word: str) -> str | None:
    """Why no metric answers for a word; None where it is not known at all."""
    return _WHY.get(word)


@cache
def known_words() -> frozenset[str]:
    """Every word that is understood as it stands, so that nobody takes it for a typing error."""
    told = {
        word
        for metric in catalogue.load().values()
        for text in (metric.name.replace("_", " "), metric.title, *metric.synonyms, *metric.also)
        for word in Question(text).words
    }
    return frozenset(told | FILLERS | GRAMMAR | set(_WHY) | set(SPELLINGS) | WRITES)


@cache
def known_stems() -> frozenset[str]:
    """The stems of all that is understood."""
    return stems(known_words())
