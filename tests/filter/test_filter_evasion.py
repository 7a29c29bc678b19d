# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Disguises are findings; the writing of fifty languages, emoji, formulas and lists of letters are none."""

import random

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import StreamFilter

DISGUISES = {
    "invisible": [
        "pa\u200bss", "s\u00ade\u00adc\u00adr\u00ade\u00adt", "s\u2060e\u2060c", "v\ufe0fe\ufe0fr", "se\u200dcret",
        "па\u200bроль", "se\u3164cret", "\U0001f600\ufe01\ufe02\ufe03",
    ],
    "mixed_script": [
        "p\u0430ypal", "\u0410pple", "se\u03bfcret", "se\u0441ret", "\u0420\u0430ypal", "\u03a1AYPAL", "пaр\u006fль",
        "\u0570ello", "taкeaway",
    ],
    "stacked_marks": ["Z\u0351\u0352\u0353\u0354algo", "h\u0336e\u0336l\u0336l\u0336o\u0336"],
    "spaced": [
        "s e c r e t", "s.e.c.r.e.t", "b-o-m-b-s", "W E L C O M E",
        "p\u00a0a\u00a0r\u00a0o\u00a0l", "к л ю ч и",
    ],
    "tag": ["hi\U000e0068\U000e0069", "\U0001f3f4\U000e0068\U000e0069"],
    "bidi": ["\u202egnp.exe", "'''\u2067''' ;return"],
    "styled": ["\U0001f1e7\u200b\U0001f1f4\u200b\U0001f1f2\u200b\U0001f1e7", "\u24d1\u24de\u24dc\u24d1", "𝐛𝐨𝐦𝐛"],
}  # fmt: skip

HONEST = [
    "A B C D E F", "a e i o u", "C D E F G A B", "A T G C A T", "T F F T T", "U.S.S.R. and N.A.S.A.", "x y z w",
    "5 µm, 10 μm, kΩ, NFκB, TNFα, PPARγ, sinα cosβ, Δt, αβγ", "SMSка и VIPы, XVIIIго, Х\u0058I век",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 \U0001f1ee\U0001f1f9 \U0001f1ea\U0001f1fa",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f is a flag",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f 1\ufe0f\u20e3 \u00a9\ufe0f",
    "\ufeffHello, and a zero-width space\u200b after a word",
    "Donau\u00addampf\u00adschiff\u00adfahrt, Kinder\u00adgarten",
    "ᾧ, o\u0302\u0301, Vie\u0323\u0302t", "\u2068Name\u2069 joined", "\u2067שלום\u2069 and \u202bمرحبا\u202c",
    "call \u202d+1 555 0123\u202c", "I a m not", "plan B c d", "É U A", "f\u2061x", "x = a * b * c * d * e",
]  # fmt: skip

# The first words of article 1 of the Universal Declaration of Human Rights, or a sentence like it.
LANGUAGES = {
    "af": "Alle menslike wesens word vry, met gelyke waardigheid en regte, gebore.",
    "sq": "Të gjithë njerëzit lindin të lirë dhe të barabartë në dinjitet dhe në të drejta.",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "hy": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար՝ իրենց արժանապատվությամբ և իրավունքներով։",
    "az": "Bütün insanlar ləyaqət və hüquqlarına görə azad və bərabər doğulurlar.",
    "eu": "Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela.",
    "be": "Усе людзі нараджаюцца свабоднымі і роўнымі ў сваёй годнасці і правах.",
    "bn": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "bs": "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima.",
    "bg": "Всички хора се раждат свободни и равни по достойнство и права.",
    "ca": "Tots els éssers humans neixen lliures i iguals en dignitat i en drets. Paral·lel.",
    "zh": "人人生而自由,在尊严和权利上一律平等。",
    "hr": "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima.",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
    "da": "Alle mennesker er født frie og lige i værdighed og rettigheder. Å, på øen.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
    "en": "All human beings are born free and equal in dignity and rights. I am a b. c.",
    "et": "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "ka": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "grc": "ἅπαντες οἱ ἄνθρωποι ᾧ πεφύκασιν ἐλεύθεροι τε καὶ ἴσοι.",
    "gu": "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.",
    "ha": "Su dai yan-adam, ana haifuwarsu ne duka yantattu, kuma kowannensu na da mutunci. Ɗan ƙasa.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. בְּרֵאשִׁית",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। क्\u200dष",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
    "is": "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum.",
    "ig": "A mụrụ mmadụ nile n'ohere nakwa nha anya ugwu na ikike. Ọ́ bụ̀.",
    "id": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
    "ga": "Saolaítear na daoine uile saor agus comhionann ina ndínit agus ina gcearta.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "kk": "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең.",
    "km": "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព។",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "lo": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ ສິດທິ ເສລີພາບ.",
    "lv": "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās.",
    "lt": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. J\u0301ie\u0303.",
    "mk": "Сите човечки суштества се раѓаат слободни и еднакви по достоинство и права. Ѝ рече.",
    "ml": "മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും അന്തസ്സോടും സ്വാതന്ത്ര്യത്തോടുംകൂടി ജനിച്ചവരാണ്. അവന്\u200d",
    "mn": "Хүн бүр төрж мэндлэхэд эрх чөлөөтэй, адилхан нэр төртэй. ᠬᠦᠮᠦᠨ\u180eᠡ",
    "my": "လူတိုင်းသည် တူညီလွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် မွေးဖွားလာသူများဖြစ်သည်။",
    "ne": "सबै व्यक्तिहरू जन्मजात स्वतन्त्र हुन्। गर्\u200dछ",
    "no": "Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter.",
    "fa": "تمام افراد بشر آزاد به دنیا می\u200cآیند و حیثیت و حقوقشان برابر است.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. A i o u w z.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "pa": "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਪਣੀ ਮਹਿਮਾ ਦੇ ਪੱਖੋਂ ਜਨਮ ਤੋਂ ਹੀ ਆਜ਼ਾਦ ਹੈ।",
    "ro": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi.",
    "ru": "Все люди рождаются свободными и равными в своём достоинстве и правах. Э\u0301то, И\u0306ог. Wi-Fi.",
    "sr": "Сва људска бића рађају се слободна и једнака у достојанству и правима. Људи, њихова.",
    "si": "සියලු මනුෂ්\u200dයයෝ නිදහස්ව උපත ලබා ඇත. ශ්\u200dරී",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos. Y o a.",
    "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter.",
    "ta": "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ\u200bทั้งหลาย",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. İstanbul'da ısı.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
    "ur": "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔",
    "vi": "Tất cả mọi người sinh ra đều được tự do và bình đẳng. Vie\u0323\u0302t Nam.",
    "yo": "Gbogbo ènìyàn ni a bí ní òmìnira; iyì àti ẹ̀tọ́ kọ̀ọ̀kan sì dọ́gba.",
    "zu": "Bonke abantu bazalwa bekhululekile belingana ngesithunzi nangamalungelo.",
}


@pytest.fixture(scope="module")
def evasion(compile_rules):
    return compile_rules(("hidden", '{ type = "evasion" }', 'action = "warn"'))


def said(compiled, pieces):
    stream = StreamFilter(compiled, Direction.ANSWER)
    steps = [*map(stream.feed, pieces), stream.finish()]
    return (
        "".join(step.text for step in steps),
        [mark for step in steps for mark in step.marks],
        [one for step in steps for one in step.findings],
    )


def found(compiled, text):
    return [(text[one.start : one.end], one.category) for one in said(compiled, [text])[2]]


@pytest.mark.parametrize(
    ("kind", "disguise"), [(kind, one) for kind, ones in DISGUISES.items() for one in ones], ids=ascii
)
def test_a_disguise_is_found_however_it_is_cut(evasion, kind, disguise):
    text = f"See: {disguise} there"
    whole = said(evasion, [text])
    assert [one.category for one in whole[2]] == [f"test.hidden.{kind}"]
    assert whole[0] == text
    for place in range(1, len(text)):
        assert said(evasion, [text[:place], text[place:]]) == whole, place


@pytest.mark.parametrize("text", HONEST, ids=ascii)
def test_honest_writing_is_none(evasion, text):
    assert found(evasion, text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_a_disguise(evasion, language):
    assert found(evasion, LANGUAGES[language]) == []


def test_there_are_fifty_languages():
    assert len(LANGUAGES) >= 50


def test_the_finding_is_the_whole_word(evasion):
    assert found(evasion, "the p\u0430ypal page") == [("p\u0430ypal", "test.hidden.mixed_script")]
    assert found(evasion, "\u200bse\u200bcret\u200b.") == [("se\u200bcret", "test.hidden.invisible")]
    assert found(evasion, "the s e c r e t plan") == [("s e c r e t", "test.hidden.spaced")]


def test_a_russian_text_may_end_a_foreign_name_its_own_way(evasion):
    assert found(evasion, "Он купил Samsungа и iPhoneа.") == []
    assert found(evasion, "He bought Samsung\u0430.") == [("Samsung\u0430", "test.hidden.mixed_script")]


def test_hidden_text_is_found_to_its_end_however_long(evasion):
    hidden = "".join(chr(0xE0000 + 32 + place % 90) for place in range(1_000))
    text = f"nothing{hidden} here"
    findings = said(evasion, [text])[2]
    assert sum(one.end - one.start for one in findings) == len(hidden)


def test_a_lower_threshold_finds_what_is_doubtful(compile_rules):
    doubtful = compile_rules(("hidden", '{ type = "evasion" }', 'action = "warn"', "threshold = 0.3"))
    assert found(doubtful, "S.E.C.R.E.T") == [("S.E.C.R.E.T", "test.hidden.spaced")]


PARTS = (
    "pass", "\u200b", "\u00ad", "а", "Р", "α", "ο", "\u0336", "\u0301", "\u0301\u0302\u0303\u0304", "a", " ", "s e",
    ".",
    " c r e t", "-", "\U0001f1e9", "\U0001f1ea", "\U0001f1e7", "\U000e0061", "\U000e007f", "\U0001f3f4", "\ufe0f",
    "\U0001f600", "\u202e", "\u2067", "\u2069", "\n", "א", "ⓑ", "ⓞ", "𝐛", "word", "1", "\ufeff", "'", "x" * 50,
)  # fmt: skip


def test_no_cut_of_near_misses_makes_a_difference(evasion):
    chance = random.Random(6)
    for _ in range(250):
        text = "".join(chance.choices(PARTS, k=chance.randint(2, 14)))
        whole = said(evasion, [text])
        place = chance.randrange(len(text) + 1)
        assert said(evasion, text) == whole, ascii(text)
        assert said(evasion, [text[:place], text[place:]]) == whole, (ascii(text), place)


@pytest.mark.parametrize(
    "unit",
    ["a b ", "a.b.c.d.e.", "é ", "\u2067א", "\U0001f3f4\U000e0067\U000e007f", "\u00ad", "a\u0301", "\u200b", "αa "],
    ids=ascii,
)
def test_a_long_text_of_near_misses_ends(evasion, unit):
    text = unit * (30_000 // len(unit))
    assert said(evasion, [text])[0] == text
