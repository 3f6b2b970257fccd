"""How months begin in the languages of the sources, with accents taken off."""

import unicodedata

_BEGINNINGS = (
    "jan ian ene gen janv leden ledna sty tammi oca янв січ ιαν يناير ינואר",
    "feb fev helmi sub unor lut фев лют φεβ فبراير פברואר",
    "mar maerz mrt maalis brez бер мар μαρ مارس מרץ",
    "apr abr avr dub kwi huhti nis апр квіт квит απρ ابريل אפריל",
    "may mai maj mag maio mayo mei kve touko маи мая трав μαι مايو מאי",
    "jun juin giu iun czerw cerven cervna kesa haz июн черв ιουν ιον يونيو יוני",
    "jul juil lug iul lip cervenec cervence heina tem июл лип ιουλ ιολ يوليو יולי",
    "aug ago aou avg sie srp elo agu авг серп αυγ اغسطس אוגוסט",
    "sep set wrz zari syys eyl szept сен вер σεπ سبتمبر ספטמבר",
    "oct okt out ott paz rij loka eki окт жовт οκτ اكتوبر אוקטובר",
    "nov noi lis marras kas ноя лист νοε نوفمبر נובמבר",
    "dec dez dic des gru pros joulu ara дек груд δεκ ديسمبر דצמבר",
)
"""January to December: English, German, French, Spanish, Italian, Portuguese, Dutch, the Nordic
languages, Finnish, Polish, Czech, Hungarian, Romanian, Turkish, Russian, Ukrainian, Greek, Arabic,
Hebrew. The longest beginning decides: "červen" is June, "červenec" July."""

_MONTHS = {
    beginning: number
    for number, beginnings in enumerate(_BEGINNINGS, start=1)
    for beginning in beginnings.split()
}
_LONGEST = max(map(len, _MONTHS))


def month_of(word: str) -> int | None:
    """1 to 12 for a month's name or its abbreviation in lower case, else None."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    lengths = range(min(len(bare), _LONGEST), 1, -1)
    return next((_MONTHS[bare[:n]] for n in lengths if bare[:n] in _MONTHS), None)
