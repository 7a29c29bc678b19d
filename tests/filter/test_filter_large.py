# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Long, hostile and foreign texts: the built-in policy neither breaks nor stalls on them."""

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import StreamFilter, filter_text

MEGABYTE = 1_000_000

PROSE = (
    "The committee met on Tuesday and agreed that the bridge needs a new deck before winter, although nobody could say "
    "who would pay for it. Section 4.2 of the plan lists 17 steps; the third one took 12 weeks in 2019.\n"
)


def with_address(text, place):
    return f"{text[:place]} write to joe.bloggs@example.org now {text[place:]}"


def test_an_answer_of_ten_megabytes_is_filtered_to_its_end(built_in):
    text = with_address((PROSE * (10 * MEGABYTE // len(PROSE) + 1))[: 10 * MEGABYTE], 9_900_000)
    stream = StreamFilter(built_in, Direction.ANSWER)
    length, masked, most = 0, 0, 0
    for start in range(0, len(text), 65_536):
        release = stream.feed(text[start : start + 65_536])
        length += len(release.text)
        masked += release.text.count("[e-mail masked]")
        most = max(most, stream.held)
    release = stream.finish()
    masked += release.text.count("[e-mail masked]")
    assert masked == 1
    assert length + len(release.text) == len(text) - len("joe.bloggs@example.org") + len("[e-mail masked]")
    assert most < 2_000


@pytest.mark.parametrize("unit", ["a", "ab ", "1", "密", "<a", "&amp;", "=", "x@", "🙂", "\u202e\u202c", "A1b2"])
def test_one_line_that_does_not_end_is_filtered_to_its_end(built_in, unit):
    text = with_address(unit * (MEGABYTE // 2 // len(unit)), MEGABYTE // 4)
    result = filter_text(built_in, Direction.ANSWER, text)
    assert result.text.count("[e-mail masked]") >= 1
    assert "joe.bloggs" not in result.text


HOSTILE = [
    r"(a|a){1,30}b", r"(a{0,20}){1,20}c", r"(?:[ab]{0,40}a){1,12}", r"(\w{0,30}\s?){1,20}!", r"((x|xx){1,20}){1,10}y",
]  # fmt: skip


def test_patterns_that_backtracking_engines_choke_on_are_linear(compile_rules):
    rules = [
        (f"p{number}", f"{{ type = 'pattern', pattern = '{pattern}' }}", 'action = "mask"')
        for number, pattern in enumerate(HOSTILE)
    ]
    compiled = compile_rules(*rules)
    text = "a" * 20_000 + " " + "x" * 20_000 + " ab" * 5_000
    result = filter_text(compiled, Direction.ANSWER, text)
    stream = StreamFilter(compiled, Direction.ANSWER)
    pieces = [stream.feed(text[start : start + 977]).text for start in range(0, len(text), 977)]
    assert "".join([*pieces, stream.finish().text]) == result.text


# "All human beings are born free" and the like: the first article of the Universal Declaration of Human Rights, or a
# common phrase of greeting, as everybody writes it.
LANGUAGES = {
    "Afrikaans": "Alle menslike wesens word vry, met gelyke waardigheid en regte, gebore.",
    "Albanian": "Të gjithë njerëzit lindin të lirë dhe të barabartë në dinjitet dhe në të drejta.",
    "Amharic": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "Arabic": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "Armenian": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։",
    "Azerbaijani": "Bütün insanlar ləyaqət və hüquqlarına görə azad və bərabər doğulurlar.",
    "Basque": "Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela.",
    "Belarusian": "Усе людзі нараджаюцца свабоднымі і роўнымі ў сваёй годнасці і правах.",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "Bulgarian": "Всички хора се раждат свободни и равни по достойнство и права.",
    "Burmese": "လူတိုင်းသည် တူညီလွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် မွေးဖွားလာသူများဖြစ်သည်။",
    "Catalan": "Tots els éssers humans neixen lliures i iguals en dignitat i en drets.",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。",
    "Croatian": "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima.",
    "Czech": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
    "Danish": "Alle mennesker er født frie og lige i værdighed og rettigheder.",
    "Dutch": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
    "English": "All human beings are born free and equal in dignity and rights.",
    "Esperanto": "Ĉiuj homoj estas denaske liberaj kaj egalaj laŭ digno kaj rajtoj.",
    "Estonian": "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt.",
    "Finnish": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan.",
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "Georgian": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Gujarati": "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.",
    "Hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "Hungarian": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
    "Icelandic": "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum.",
    "Indonesian": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
    "Irish": "Saolaítear gach duine den chine daonna saor agus comhionann i ndínit agus i gcearta.",
    "Italian": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "Japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "Kannada": "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ ಜನಿಸಿದ್ದಾರೆ.",
    "Kazakh": "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең болып дүниеге келеді.",
    "Khmer": "មនុស្សទាំងអស់កើតមកមានសេរីភាពនិងភាពស្មើគ្នា។",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "Latvian": "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās.",
    "Lithuanian": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis.",
    "Persian": "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "Portuguese": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "Romanian": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi.",
    "Russian": "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "Serbian": "Сва људска бића рађају се слободна и једнака у достојанству и правима.",
    "Slovak": "Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv.",
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "Swahili": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.",
    "Swedish": "Alla människor är födda fria och lika i värde och rättigheter.",
    "Tamil": "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "Turkish": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
    "Ukrainian": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
    "Urdu": "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_passes_as_it_is_and_what_stands_in_it_is_masked(built_in, language):
    sentence = LANGUAGES[language]
    assert filter_text(built_in, Direction.ANSWER, sentence).text == sentence
    text = f"{sentence} joe.bloggs@example.org {sentence}"
    whole = filter_text(built_in, Direction.ANSWER, text)
    assert whole.text == f"{sentence} [e-mail masked] {sentence}"
    stream = StreamFilter(built_in, Direction.ANSWER)
    assert "".join([*(stream.feed(letter).text for letter in text), stream.finish().text]) == whole.text


def test_there_are_at_least_fifty_languages():
    assert len(LANGUAGES) >= 50


@pytest.mark.parametrize(
    "text",
    [
        "\u202ejoe.bloggs@example.org\u202c",
        "שלום joe.bloggs@example.org עולם",
        "\u2067مرحبا joe.bloggs@example.org\u2069",
        "\u200fjoe.bloggs@example.org\u200f",
    ],
)
def test_directions_of_writing_hide_nothing(built_in, text):
    assert filter_text(built_in, Direction.ANSWER, text).text == text.replace(
        "joe.bloggs@example.org", "[e-mail masked]"
    )
