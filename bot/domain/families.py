"""Names that a stemmer takes for forms of one another: William and Williams, Müll and Müller.

Closed lists, since a text tells too little: in a headline every word may have its capital.
"""

_GIVEN = frozenset({
    "william", "robert", "roger", "edward", "peter", "richard", "steven", "stephen", "daniel",
    "michael", "philip", "phillip", "adam", "jacob", "matthew", "andrew", "abraham", "isaac",
    "simon", "hugh", "david", "john", "owen", "evan", "griffith", "watkin", "jenkin", "perkin",
    "roland", "rolland", "harri", "reynold", "donald", "ronald", "arnold",
})  # fmt: skip
"""Given names of which families are called with -s."""

_GENITIVES = frozenset({"da", "de", "nb", "nl", "nn", "no", "sv"})
"""Languages in which -s may be a name's ending: Roberts Haus is Robert's."""

_GIVEN_RUSSIAN = frozenset({
    "петр", "иван", "антон", "семен", "федор", "егор", "степан", "максим", "виктор", "захар",
    "макар", "богдан", "денис", "борис", "роман", "александр", "владимир", "тихон", "филипп",
    "фрол", "влас", "кузьмин", "мартын", "назар", "артем", "давид", "исак",
})  # fmt: skip
_FAMILY_RUSSIAN = frozenset({"ов", "ова", "ову", "овы", "овым", "овых", "овой", "овом"})

_PLURALS = (
    "kind", "land", "bild", "haus", "buch", "wort", "rad", "blatt", "dorf", "volk", "geld", "feld",
    "kleid", "lied", "licht", "haupt", "amt", "band", "bad", "brett", "dach", "fass", "glas",
    "glied", "grab", "horn", "huhn", "kalb", "kraut", "lamm", "loch", "nest", "rind", "schild",
    "schloss", "schwert", "tal", "tuch", "mann", "wald", "gott", "geist", "rand", "wurm", "tum",
)  # fmt: skip
_ADJECTIVES = (
    "sch", "lich", "ig", "bar", "sam", "los", "haft", "voll", "end", "iert", "neu", "alt", "jung",
    "stark", "hoch", "gross", "klein", "weit", "schnell", "schwer", "leicht", "frei", "klar",
)  # fmt: skip


def are_apart(key: str, word: str, language: str | None) -> bool:
    """Whether a query's word and a text's, both folded, are names that only share a stem."""
    short, long = sorted((key, word), key=len)
    ending = long.removeprefix(short)
    if language == "de" and ending == "er":
        return not short.endswith(_PLURALS + _ADJECTIVES)  # Müller, Kaiser, Bürger
    if ending == "s" and short in _GIVEN:
        return key == long or language not in _GENITIVES
    return ending in _FAMILY_RUSSIAN and short in _GIVEN_RUSSIAN
