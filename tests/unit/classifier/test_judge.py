"""What the judge says of articles written for these tests: one rule of judgement each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.classifier.domain.judge import Judge
from shared.catalogue.loader import catalogue_from, load_catalogue, shipped_files
from shared.contracts.verdict import ArticleText, Verdict


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_catalogue())


def verdict(judge: Judge, title: str, text: str, day: str = "2025-12-05") -> Verdict:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return judge.judge(ArticleText(id="t", title=title, text=text, published=published))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Turkey mulls return of S-400 to regain F-35 jets",
            (
                "Ankara is discussing with Washington what to do with its "
                "Russian-made S-400 batteries. India, which also "
                "bought the system, escaped sanctions."
            ),
        ),
        (
            "Pakistan, Russia hold 10th session of intergovernmental commission",
            (
                "Islamabad hosted the Pakistan-Russia Intergovernmental Commission on trade, economic, scientific and "
                "technical cooperation; three MoUs were signed, one on media."
            ),
        ),
        (
            "India, US conclude 2+2 intersessional dialogue",
            (
                "Officials of India and the United States discussed defence cooperation, LEMOA and trade at the 2+2 "
                "intersessional dialogue in New Delhi."
            ),
        ),
        (
            "India and EU close FTA talks",
            (
                "India and the European Union concluded negotiations on a free trade agreement. Brussels said it would "
                "cut tariffs; Delhi's purchase of Russian oil was also raised."
            ),
        ),
        (
            "Zelensky: Russia struck Odesa overnight",
            (
                "Ukraine said Russia launched 120 drones. Kyiv called for "
                "more air defence. Moscow said it hit military "
                "targets. India's prime minister called for peace."
            ),
        ),
        (
            "Россия и Китай подписали программу сотрудничества на Дальнем Востоке",
            "Москва и Пекин подписали программу развития торговли на Дальнем Востоке до 2035 года.",
        ),
        (
            "Индия и Япония договорились об обмене кадрами",
            "Индия и Япония подписали соглашение о мобильности рабочих. Токио примет 50 тысяч специалистов.",
        ),
        ("भारत और ब्रिटेन ने मुक्त व्यापार समझौते पर हस्ताक्षर किए", "लंदन में भारत और ब्रिटेन ने समझौते पर हस्ताक्षर किए।"),
        (
            "ЕАЭС и Индонезия подписали соглашение о свободной торговле",
            "Евразийский экономический союз и Индонезия подписали соглашение. На очереди ОАЭ, Индия и Монголия.",
        ),
        ("BrahMos delivered to the Philippines", "India delivered the third BrahMos battery to Manila."),
        (
            "Prasar Bharati signs MoU with Malaysia's RTM",
            "India's public broadcaster Prasar Bharati and Malaysia's RTM signed an MoU on content exchange.",
        ),
        (
            "Indian Navy frigate exercises with French fleet in Indian Ocean",
            "The exercise of the Indian and French navies took place off Goa; a Russian-built frigate took part.",
        ),
        (
            "Russia, Azerbaijan and Iran discuss the Rasht-Astara railway",
            "Deputy prime ministers met in Baku to speed up the missing link of the North-South corridor.",
        ),
    ],
)
def test_a_story_of_other_parties_is_not_relevant_and_names_no_agreement(judge: Judge, title: str, text: str) -> None:
    found = verdict(judge, title, text)
    assert not found.relevant
    assert found.agreements == ()
    assert found.sectors


@pytest.mark.parametrize(
    ("title", "text", "day", "stages"),
    [
        (
            "Delhi, Moscow ink health accord",
            "Health ministries of India and Russia signed an agreement on healthcare and medicine in New Delhi.",
            "2025-12-05",
            {"health-agreement-2025": "signed"},
        ),
        (
            "Putin signs law ratifying logistics pact with India",
            (
                "President Vladimir Putin signed the law ratifying the agreement with India on reciprocal exchange "
                "of logistics support (RELOS). The pact was signed on 18 February 2025."
            ),
            "2025-12-15",
            {"relos": "ratified_russia"},
        ),
        (
            "Совет Федерации ратифицировал соглашение с Индией об отправке военных",
            (
                "Сенаторы одобрили закон о ратификации соглашения с Индией о "
                "порядке направления воинских формирований. "
                "Ранее документ одобрила Госдума."
            ),
            "2025-12-08",
            {"relos": "fedcouncil_approved"},
        ),
        (
            "Lower house in Moscow clears military logistics agreement with India",
            "Russia's State Duma passed the RELOS pact with India on Tuesday.",
            "2025-12-03",
            {"relos": "duma_ratified"},
        ),
        (
            "RELOS enters into force",
            "India and Russia exchanged instruments and the RELOS pact entered into force on 12 January.",
            "2026-01-13",
            {"relos": "in_force"},
        ),
        (
            "Россия готова ратифицировать соглашение с Индией о взаимной логистике",
            "Госдума рассмотрит ратификацию соглашения с Индией о взаимной военной логистической поддержке.",
            "2025-11-29",
            {"relos": "submitted_for_ratification"},
        ),
        (
            "Россия и Индия подпишут соглашение о трудовой миграции",
            (
                "Москва и Нью-Дели подпишут соглашение о временной трудовой деятельности во время визита Путина. "
                "Текст согласован."
            ),
            "2025-12-01",
            {"labour-mobility-2025": "finalised"},
        ),
        (
            "रूस और भारत ने श्रम गतिशीलता समझौते पर हस्ताक्षर किए",
            "नई दिल्ली में भारत और रूस ने कुशल श्रमिकों की गतिशीलता पर समझौते पर हस्ताक्षर किए।",
            "2025-12-05",
            {"labour-mobility-2025": "signed"},
        ),
        (
            "India to receive fourth S-400 squadron by May",
            "Russia will deliver the fourth S-400 squadron to India by the end of May, sources said.",
            "2026-01-10",
            {"s-400": "delivery_expected"},
        ),
        (
            "रूस से एस-400 की चौथी खेप भारत पहुंची",
            "रूस ने भारत को एस-400 वायु रक्षा प्रणाली की चौथी स्क्वाड्रन सौंप दी है।",
            "2026-06-10",
            {"s-400": "delivery_started"},
        ),
        (
            "IndiaRussia Business Forum opens; Putins visit on December 45",
            (
                "Russia and India opened the IndiaRussia Business Forum in New Delhi. Trade was USD 68.7 billion "
                "in FY 202425; the sides aim at USD 100 billion by 2030."
            ),
            "2025-12-04",
            {"business-forum": "meeting_held", "trade-target-100bn-2030": "target_set"},
        ),
        (
            "Cadila puts Kuzbass plant on hold",
            "Indian drugmaker Cadila Pharmaceuticals has postponed its plant in Kemerovo region, Russia, indefinitely.",
            "2025-12-02",
            {"cadila-kuzbass": "postponed"},
        ),
        (
            "Индия и ЕАЭС подписали условия переговоров о ЗСТ",
            "Индия и ЕАЭС подписали в Москве документ об условиях ведения переговоров по зоне свободной торговли.",
            "2025-08-20",
            {"india-eaeu-fta": "tor_signed"},
        ),
        (
            "भारत-रूस शिखर सम्मेलन: मोदी और पुतिन ने संयुक्त वक्तव्य जारी किया",
            "नई दिल्ली में 23वें भारत-रूस वार्षिक शिखर सम्मेलन के बाद मोदी और पुतिन ने संयुक्त वक्तव्य जारी किया।",
            "2025-12-05",
            {"annual-summit": "meeting_held", "joint-statement-2025": "adopted"},
        ),
        (
            "26th session of IRIGC-TEC held in Moscow",
            (
                "S Jaishankar and Denis Manturov co-chaired the 26th session of the India-Russia Inter-Governmental "
                "Commission on Trade, Economic, Scientific, Technological and Cultural Cooperation."
            ),
            "2025-08-20",
            {"irigc-tec": "meeting_held"},
        ),
        (
            "Working group on military cooperation meets in New Delhi",
            "The fifth meeting of the India-Russia Working Group on Military Cooperation was held in New Delhi.",
            "2025-10-30",
            {"irigc-mmtc-wg-mc": "meeting_held"},
        ),
    ],
)
def test_the_agreement_and_its_main_stage_are_found(
    judge: Judge, title: str, text: str, day: str, stages: dict[str, str]
) -> None:
    found = verdict(judge, title, text, day)
    assert found.relevant
    assert {finding.id: finding.stage for finding in found.agreements} == stages


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("India, Russia to sign labour mobility pact", "The pact is set to be signed by Russia and India next week."),
        ("Россия и Индия подпишут соглашение о трудовой миграции", "Документ может быть подписан в декабре."),
        ("भारत और रूस श्रम गतिशीलता समझौते पर हस्ताक्षर करेंगे", "समझौते पर अगले सप्ताह हस्ताक्षर हो सकते हैं।"),
    ],
)
def test_an_expected_signature_is_never_reported_as_signed(judge: Judge, title: str, text: str) -> None:
    (finding,) = verdict(judge, title, text, "2025-12-01").agreements
    assert finding.id == "labour-mobility-2025"
    assert any(claim.stage == "signed" and claim.tense == "expected" for claim in finding.claims)
    assert not any(claim.stage == "signed" and claim.tense == "reported" for claim in finding.claims)
    assert finding.stage == "negotiation_started"


def test_a_denial_is_neither_reported_nor_expected(judge: Judge) -> None:
    found = verdict(
        judge,
        "Russia denies contract on Su-57 with India signed",
        "Rosoboronexport said no contract for the Su-57 has been signed with India; talks continue.",
        "2026-02-01",
    )
    (finding,) = found.agreements
    assert {claim.tense for claim in finding.claims if claim.stage == "signed"} == {"denied"}
    assert finding.stage == "negotiation_started"


def test_the_claim_carries_date_speaker_and_sentence(judge: Judge) -> None:
    found = verdict(
        judge,
        "Kudankulam fuel flown to India",
        "Rosatom delivered the first nuclear fuel for Kudankulam unit 3 to India on December 4, TASS reports.",
    )
    (finding,) = found.agreements
    claim = next(c for c in finding.claims if c.date)
    assert (claim.stage, claim.date, claim.claimant) == ("delivery_started", "2025-12-04", "agency")
    assert claim.evidence.startswith("Rosatom delivered")


def test_a_year_left_out_and_a_lost_dash_are_mended(judge: Judge) -> None:
    found = verdict(
        judge,
        "IndiaRussia forum",
        "The India-Russia Business Forum was held in New Delhi on December 45.",
        "2025-12-06",
    )
    assert found.agreements[0].claims[0].date == "2025-12-04"


def test_headlines_of_other_stories_inside_the_text_do_not_count(judge: Judge) -> None:
    found = verdict(
        judge,
        "Hospital opens in Madhya Pradesh",
        "It has 200 beds.\n\nAlso Read | India and Russia sign RELOS pact, say Putin and Modi.\n\nDoctors came.",
    )
    assert not found.relevant


def test_the_place_in_the_dateline_is_no_party(judge: Judge) -> None:
    found = verdict(
        judge, "Serbia extends gas deal", "NEW DELHI, November 12. /TASS/. Russia and Serbia extended the deal."
    )
    assert not found.relevant


def test_background_and_scenery_are_not_what_an_article_is_about(judge: Judge) -> None:
    found = verdict(
        judge,
        "Indian sailors honoured in Vladivostok",
        "Russia's Pacific Fleet honoured sailors of the Indian Navy before the 23rd India-Russia Annual Summit. "
        "The countries are bound by a special and privileged strategic partnership.",
    )
    assert found.relevant
    assert found.agreements == ()


def test_an_umbrella_report_names_each_item_of_its_list(judge: Judge) -> None:
    found = verdict(
        judge,
        "India and Russia sign 16 agreements",
        "Russia and India signed agreements on temporary labour activity, on irregular migration, on healthcare, "
        "on food safety and on customs information during President Putin's visit.",
    )
    stages = {finding.id: finding.stage for finding in found.agreements}
    assert stages.keys() >= {
        "labour-mobility-2025",
        "irregular-migration-2025",
        "health-agreement-2025",
        "fssai-rospotrebnadzor",
        "customs-pre-arrival-2025",
    }
    assert set(stages.values()) == {"signed"}


def test_evidence_stands_in_the_article_and_scores_fall(judge: Judge) -> None:
    text = "India and Russia signed a labour mobility agreement. Health ministers met. Trade grew."
    found = verdict(judge, "India-Russia deals", text)
    whole = f"India-Russia deals\n{text}"
    assert found.relevance_evidence in whole
    assert all(finding.evidence in whole for finding in (*found.sectors, *found.agreements))
    scores = [finding.score for finding in found.sectors]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "!!!", "а" * 70_000, "India\u0000Russia\ud7ff", "." * 5000, "सम " * 400]
)
def test_no_text_breaks_the_judge(judge: Judge, text: str) -> None:
    assert judge.judge(ArticleText(id="odd", text=text)).language in {"en", "ru", "hi"}


def test_the_same_article_gets_the_same_verdict_and_names_its_judge(judge: Judge) -> None:
    article = ArticleText(id="a", title="India and Russia sign RELOS", text="Signed in Moscow on 18 February 2025.")
    assert judge.judge(article) == Judge(catalogue_from(shipped_files())).judge(article)
    assert load_catalogue().version in judge.judge(article).classifier
