"""Words too common to carry a meaning.

Two rules use them: a query of only these is refused, and an acronym does not meet a capitalised
one ("Who knew" is not the WHO).
"""

_LISTS = {
    "en": "a an and are as at be been but by can could did do does for from had has have he her "
    "his how i if in into is it its just me more most my no not now of on one or our out over she "
    "so some than that the their them then there these they this to too up us was we were what "
    "when where which who why will with would you your all any am may",
    "de": "aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch "
    "ein eine einem einen einer er es für gegen hat ich ihr im in ist ja kann mit nach nicht noch "
    "nur ob oder seit sich sie sind so über um und uns vom von vor war was wenn wer wie wir wird "
    "wo zu zum zur",
    "fr": "à au aux avec ce ces cette dans de des du elle en est et eu il ils je la le les leur "
    "lui ma mais me mes moi mon ne nos notre nous on ont or ou où par pas plus pour qu que qui sa "
    "se ses si son sont sur ta te tu un une vos votre vous y",
    "es": "a al como con cual de del desde donde el ella en entre era es esta este fue ha hay la "
    "las le lo los más me mi muy no nos o para pero por que quien se si sin sobre son su sus te "
    "tu un una uno y ya yo",
    "it": "a ai al alla anche che chi ci col come con cui da dal dei del della di dove e ed era "
    "gli ha hanno ho i il in io la le lei lo loro lui ma mi nel non o per più poi quando se si "
    "sono su sua suo tra tu un una uno",
    "pt": "a ao aos as até com como da das de do dos e é ela ele em era essa esse esta este "
    "eu foi há isso já mais mas me na nas não no nos o os ou para pela pelo por que "
    "quem se sem ser seu "
    "sua são só também te um uma",
    "nl": "aan als bij dan dat de den der deze die dit door een en er haar heb het hij hoe ik in "
    "is ja je kan maar me met mijn naar niet nog nu of om ons ook op over te tot uit van voor was "
    "wat we wel wie wij zal ze zich zij zijn zo zou",
    "ru": "а без бы в вас во вот все вы где да для до его ее если есть же за и из или им их к как "
    "ко когда кто ли мне мы на не нет но о об он она они оно от по при с со так там то только ты "
    "у уже чем что это я",
    "pl": "a ale ani bo by czy dla do go i ich ja jak jest już ma mi na nad nie o od po pod przez "
    "się są ta tak te to tu w we z za ze że",
    "sv": "att av de den det du då en ett för från han har hon i inte jag kan man med men mot när "
    "nu och om på sig sin som så till under upp ut var vi vid är",
    "tr": "ama bir bu da daha de en gibi hem her ile için ki kim mi ne o olan olarak on şu ve ya",
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
ANY = frozenset().union(*STOP_WORDS.values())


def is_stop_word(folded: str, language: str | None) -> bool:
    """Whether the word means nothing by itself in this language; unknown: in English."""
    return folded in STOP_WORDS.get(language or "en", frozenset())
