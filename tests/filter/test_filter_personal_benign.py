# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Ordinary sentences full of numbers, in which no detector of personal data may find anything."""

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import filter_text
from strongroom.policy import DETECTORS

PERSONAL = [declared.type for declared in DETECTORS if declared.category.startswith("pii.")]
SENTENCES = """
In 2024 the company sold 1,234,567 units for $98,765,432.10 in 37 countries.
Revenue rose from 12.5 million in 2019 to 103.75 million in 2023, a growth of 730 %.
Invoice 2024-000123 over 1.234,56 € was paid on 23.11.2024 by order 4711-0815.
Order number 100200300 ships on 2024-12-01; your tracking number is 1Z999AA10123456784.
The meeting is on 11/23/2024 from 14:00 to 15:30 in room 4.12, building 7.
Please see pages 123-145, 1001–1024 and 1990-2000 of volume 12, issue 3.
ISBN 978-3-16-148410-0 and ISBN 0-306-40615-2 are printed on page 4; the ISSN is 2049-3630.
The DOI is 10.1000/182 and the arXiv number is 2106.09685.
Use Python 3.11.9, numpy 1.26.4, and CUDA 12.4.1; the driver is version 550.54.15.
Chrome 120.0.6099.130 and Windows 10.0.19045.3803 are supported, Firmware: 10.1.2.3 is not.
Set the timeout to 30000 ms, the buffer to 1048576 bytes and the port to 8080.
The call returned 0x7ffdf3c0 after 1024 x 768 pixels were drawn in 16.67 ms.
Listening on ports 80, 443, 8080 and 27017; process id 20498765 was killed.
def f(x): return x[1::2] + x[::3]  # 1234567890 elements
std::vector<int> v{1, 2, 3}; std::size_t n = 4294967295;
UUID 41111111-1111-4111-8111-111111111111, commit 9fceb02d0ae598e95dc970b74767f19372d61af8.
sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
The timestamp 1700000000000 is 2023-11-14T22:13:20Z, and 1700000000 is the same in seconds.
sleep(86400); rate = 0.0000123456789; pi = 3.141592653589793; e = 2.718281828459045
SELECT * FROM orders WHERE id BETWEEN 1000000 AND 2000000 LIMIT 100;
Error code 0x80070057 at line 1234, column 56: exit status 137.
The matrix has rows 1 2 3, 4 5 6 and 7 8 9; its determinant is 0.
The series is 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584.
In base ten 11111111 in binary is 255, and 2^32 is 4294967296.
The coordinates are 40.7128, -74.0060 and 51.5074 N, 0.1278 W.
Einstein was born on March 14, 1879 and published four papers in 1905.
The French Revolution lasted from 5 May 1789 to 9 November 1799.
World War II began on 1 September 1939; about 70,000,000 to 85,000,000 people died.
The crash of 1929 and the 2008 crisis wiped out 30 to 50 percent of values on Wall Street.
Apollo 11 landed on 20 July 1969 at 20:17:40 UTC with 3 astronauts.
Light travels 299,792,458 meters per second, or 1 079 252 848.8 km/h.
The population grew from 83 019 213 to 83 155 031 in one year.
The distance is 384 400 km, the mass 5.972e24 kg, the radius 6 371 km.
Mix 250 g flour, 2 eggs, 125 ml milk and bake 35-40 minutes at 180 °C.
Take 500 mg twice a day for 7-10 days; the maximum is 4000 mg in 24 hours.
The blood pressure was 120/80, the pulse 72, the temperature 98.6.
Chapter 3 The Long Road has 12 sections, and section 1.2.3.4 explains why.
Flight BA 2490 leaves gate B42 at 06:45 and arrives at 11:20.
The final score was 101-99, after 24-22, 25-27, 26-24 and 26-28.
The ratio is 16:9, the odds 7/2, the scale 1:25 000.
Article 6(1)(f) of Regulation (EU) 2016/679 applies, see also § 823 BGB and 45 CFR 164.514.
Case No. 2:19-cv-01234 was decided on 12/03/2020, 567 U.S. 519 (2012).
ZIP codes like 90210, 10001-1234 and 12345-6789 have five or nine digits.
Part number 123-4567-890 replaces 123-4567-889; the model is XJ-900-2000.
Batch 20240115-0042, lot 7788, expires 2026-01.
The license is valid for 24 months, costs $1,200 and covers 50 users.
Passport applications cost $130 in 2024 and take 6 to 8 weeks.
Your driver's license expires after 8 years, in 2032 at the latest.
Call by 5 pm, contact support within 30 days, and text at most 160 characters.
The number of calls was 10 000 - 20 000 per day in 2022-2023.
A phone with 128 GB costs 799.99 and one with 256 GB 899.99 in 2024.
The phone has a 6.7 inch screen with 2796 x 1290 pixels and a 4422 mAh battery.
Medicare spent 829.1 billion dollars in 2021, and Medicaid 734.0 billion.
The account has been open since 2015 and earned 4.25 % on 12,000 dollars.
Swift is a language of 2014, and tin melts at 231.93 degrees.
Add 12 North American species, 5 South Asian ones and 3 Old World ones.
Top 10 Places to Visit: 1. Rome 2. Paris 3. Kyoto
Der Umsatz stieg 2023 um 12,5 % auf 1.234.567,89 Euro; Paragraf 12 Absatz 3 gilt.
En 2023, 12 000 visiteurs ont payé 1 234,56 euros le 14 juillet 2023.
En 2022 se vendieron 1.500.000 unidades entre el 1/2/2022 y el 30/11/2022.
2023年3月2日の売上は1,234,567円でした。
I have 3 cats, 2 dogs, 1 parrot, and they eat 12 kg of food in 30 days.
""".strip().split("\n")


@pytest.fixture(scope="module")
def all_personal(compile_rules):
    return compile_rules(*((name, f'{{ type = "{name}" }}', 'action = "mask"') for name in PERSONAL))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_ordinary_sentences_pass(all_personal, sentence):
    result = filter_text(all_personal, Direction.ANSWER, sentence)
    assert [(f.category, sentence[f.start : f.end]) for f in result.findings] == []


def test_ordinary_sentences_pass_as_one_text(all_personal):
    """Words of one sentence stand before the numbers of the next."""
    text = "\n".join(SENTENCES)
    result = filter_text(all_personal, Direction.ANSWER, text)
    assert [(f.category, text[f.start : f.end]) for f in result.findings] == []
