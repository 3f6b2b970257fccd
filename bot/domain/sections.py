"""From the words publishers use for their categories to the eight sections of the paper."""

from collections.abc import Iterable

from bot.domain.model import Section
from bot.domain.text import compact

_WORDS = {
    Section.WORLD: "world international internationales monde mundo mondo ausland esteri mundial "
    "buitenland świat świecie utrikes udland ulkomaat dünya мир світ международные العالم دولي "
    "国际 國際 国際 세계 dunia foreign europe europa africa asia",
    Section.POLITICS: "politics politik politique política politica politiek polityka inrikes "
    "politiikka siyaset политика політика سياسة 政治 정치 elections government",
    Section.BUSINESS: "business economy economics wirtschaft économie economie economía economia "
    "finance finanzen finanza gospodarka ekonomi talous экономика економіка اقتصاد 经济 經濟 経済 경제 "
    "markets money bisnis biznes ekonomika",
    Section.TECHNOLOGY: "technology tech technologie tecnología tecnologia technik digital netzwelt "
    "teknologi teknoloji технологии технології تكنولوجيا 科技 テクノロジー 기술 it computer software internet",
    Section.SCIENCE: "science wissenschaft wissen sciences ciencia ciência scienza wetenschap nauka "
    "vetenskap videnskab tiede bilim наука علوم 科学 科學 과학 space weltraum environment umwelt climate",
    Section.HEALTH: "health gesundheit santé salud saúde salute gezondheid zdrowie hälsa sundhed "
    "terveys sağlık здоровье здоровя صحة 健康 건강 medicine medizin",
    Section.SPORT: "sport sports sporten deportes esportes deporte urheilu spor спорт رياضة 体育 體育 "
    "スポーツ 스포츠 olahraga football soccer fussball fußball futbol fútbol futebol tennis",
    Section.CULTURE: "culture kultur cultura cultuur kultura kulttuuri kültür культура ثقافة 文化 문화 "
    "arts books films movies music musik feuilleton entertainment lifestyle theatre kino",
}
_SECTION_OF = {
    compact(word): section for section, words in _WORDS.items() for word in words.split()
}


def section_of(categories: Iterable[str]) -> Section | None:
    """The section that an entry's categories name; None where none or several are named."""
    named = {_SECTION_OF[key] for one in categories if (key := compact(one)) in _SECTION_OF}
    return named.pop() if len(named) == 1 else None
