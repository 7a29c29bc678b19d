# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Texts with personal data in them: the numbers that the offices print in their own documents, or invented ones.

Each is the words before, the passage, the kind, and the words after, with | between.
"""

NATIONAL_IDS = """
|219-09-9999|us_ssn|
His social security number is |219 09 9999|us_ssn|.
ssn: |219099999|us_ssn|
NHS number |943 476 5919|gb_nhs|
My NINO is |JG 12 13 16 A|gb_nino|.
|JG121316A|gb_nino|, please
|2 95 10 99 126 111 93|fr_nir|
|295109912611193|fr_nir| est
DNI |54362315K|es_dni|
|54362315-K|es_dni|
|X-2482300-W|es_nie|
|RCCMNL83S18D969H|it_codice_fiscale|
BSN |111222333|nl_bsn|
|85.07.30-033.28|be_nn|
|756.9217.0769.85|ch_ahv|
AHV-Nummer: |7569217076985|ch_ahv|
SVNR |1237 010180|at_svnr|
|390.533.447-05|br_cpf|
CPF |39053344705|br_cpf|
|BOXW310820HNERXN09|mx_curp|
|11010519491231002X|cn_ric|
我的身份证号码是|11010519491231002X|cn_ric|。
|971013-1019902|kr_rrn|
|880320-0016|se_personnummer|
|19121212-1212|se_personnummer|
|131052-308T|fi_hetu|
|151086 95088|no_fnr|
isikukood |36805280109|ee_ik|
CNP |1630615123457|ro_cnp|
|S1234567D|sg_nric|
|G123456(A)|hk_id|
|A123456789|tw_id|
|800101-14-5678|my_nric|
|1-2345-45678-78-1|th_pin|
Aadhaar |234123412346|in_aadhaar|
|2341 2341 2346|in_aadhaar|
SIN |123-456-782|ca_sin|
teudat zehut |039337423|il_id|
SA ID |7503305044089|za_id|
|710319/2745|cz_rodne_cislo|
|12.531.909-2|cl_rut|
PESEL |44051401359|pl_pesel|
OIB: |33392005961|hr_oib|
CPR |211062-5629|dk_cpr|
マイナンバーは|123456789018|jp_my_number|です
PPS |6433435F|ie_pps|
TCKN |17291716060|tr_tckn|
|001-1391820-5|do_cedula|
|54400-1234567-9|pk_cnic|
|120174-3399|is_kennitala|
"""

TAX_IDS = """
EIN |91-1144442|us_ein|
|912-90-3456|us_itin|
Steuer-ID |36 574 261 809|de_idnr|
|DE136695976|vat|
UID |CHE-100.155.212|ch_uid|
UTR |1955839661|gb_utr|
CIF |B64717838|es_cif|
P.IVA |00743110157|vat|
contribuinte |501964843|pt_nif|
|ACUPA7085R|in_pan|
|27AAPFU0939F1ZV|in_gstin|
|16.727.230/0001-97|br_cnpj|
|20-05536168-2|ar_cuit|
|GODE561231GR8|mx_rfc|
TFN |123 456 782|au_tfn|
ABN |83 914 571 673|au_abn|
IRD |49-091-850|nz_ird|
ИНН |7707083893|ru_inn|
|856-734-62-15|pl_nip|
Steuernummer: |181/815/08155|de_steuernummer|
Taxpayer no. |A-7654321||
"""

BANK_ACCOUNTS = """
routing number |111000025|us_routing|
Sort code: |20-00-00|gb_sort_code|, please
|20-00-00 55779911|gb_account|
SWIFT: |DEUTDEFF500|swift|
BIC |DEUTDEFF|swift|.
Account number: |000123456789||
Kontonummer |532013000||
BLZ |370 400 44|bank_code|
CLABE |032180000118359719|mx_clabe|
|8601.11.17947|no_account|
account no. |19-2000145399/0800|cz_account|
|01-0902-0068389-00|nz_account|
Cuenta |1234 1234 16 1234567890|es_account|
|HDFC0000123|in_ifsc|
"""

PASSPORTS = """
Passport number: |C01X00T47||
My passport no. is |340007237||.
Reisepassnummer |C01X00T47||
|L898902C36UTO7408122F1204159ZE184226B<<<<<10|mrz|
pasaporte |AAA123456||
护照号|E12345678||
"""

DRIVER_LICENSES = """
My driver's license number is |D1234562||.
driver’s license: |F255-9215-0094||
DL# |12345678||
Her license: driver license |WDLABCD456DG||
Führerschein |B072RRE2I55||
|MORGA657054SM9IJ|gb|
permis de conduire |14AA00002||
"""

MEDICAL_RECORDS = """
MRN: |00123456||
Patient ID |12-34567||
|1EG4-TE5-MK73|us_mbi|
NPI |1234567893|us_npi|
DEA number |AB1234563|us_dea|
Versichertennummer |A123456780|de_kvnr|
medical record number |H1234567||.
"""

CRYPTO_ADDRESSES = """
|1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2|bitcoin|
pay to |3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy|bitcoin|.
|bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq|bitcoin|
|BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4|bitcoin|
|bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0|bitcoin|
|0x742d35Cc6634C0532925a3b844Bc454e4438f44e|ethereum|
|44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A|monero|
|rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh|xrp|
|TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7|tron|
|D7Y55r6Yoc1G8EECxkQ6SuSjTgGJJ7M6yD|dogecoin|
|LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz|litecoin|
|t1HsdDMzmJfq4vc7T17XYjEkLMLvbgM1fCi|zcash|
|bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a|bitcoin_cash|
"""

IP_ADDRESSES = """
|192.168.1.254|ipv4|
The server is |8.8.8.8|ipv4|.
http://|127.0.0.1|ipv4|:8080/
|0.0.0.0|ipv4|
|203.0.113.7|ipv4|, up
|10.0.0.0|ipv4|/8
root@|10.1.2.3|ipv4|:/srv
ip=|10.1.2.3|ipv4|
|2001:0db8:85a3:0000:0000:8a2e:0370:7334|ipv6|
|2001:db8::1|ipv6|
ping |::1|ipv6|
|fe80::1ff:fe23:4567:890a|ipv6|
|::ffff:192.0.2.128|ipv6|
http://[|2001:db8::1|ipv6|]:80/
It can bind to |::|ipv6|
|fe80::1|ipv6|%eth0
"""

MAC_ADDRESSES = """
|00:1A:2B:3C:4D:5E||
|00-1a-2b-3c-4d-5e||.
|001a.2b3c.4d5e||
|01:23:45:67:89:10||
"""

BIRTH_DATES = """
DOB: |04/12/1985||
date of birth: |1985-04-12||
She was born on |April 12, 1985||.
Geburtsdatum: |12.04.1985||
geboren am |12. April 1985||
née le |3 mars 1990||
fecha de nacimiento: |3 de marzo de 1990||
出生:|1990年3月2日||
nato il |12 aprile 1985||
Her birthday is |12th of May 1985||
"""

STREET_ADDRESSES = """
|742 Evergreen Terrace||
I live at |1600 N. Main St., Apt 4B, Springfield, IL 62704||.
|221B Baker Street||
|350 5th Ave||, New York
|Musterstraße 12||
Unter |Tannen-Weg 5||
|Lange Straße 12a, 10115 Berlin||
|12 bis rue de la Paix||
|10, avenue des Champs-Élysées||
|Calle Mayor 15||
|Via Roma, 12||
|Rua Augusta 100||
|P.O. Box 1234||
|Postfach 10 11 12||
|Kerkstraat 12||
|PSC 1234, Box 5678||
|1204 Sunset Ridge Apt. 12||
"""

PHONES = """
|+1 415 555 2671||
|+44 20 7946 0958||.
|+49 (0)30 901820||
tel:|+33142685300||
|(212) 555-0143||
Please ring |212-555-0143||, thanks
call |555-0143||
phone |5550143222||
|+1-541-754-3010 ext. 12||
Telefon: |030/12345678||
|01 42 68 53 00||
WhatsApp |0171 2345678||
|(020) 7946 0958||
|001-541-754-3010x123||
电话:|13812345678||
Mobile no: |98765 43210||
The fax is |2345 6789||
(|020 7946 0958||)
"""

SAMPLES = {
    "national_id": NATIONAL_IDS,
    "tax_id": TAX_IDS,
    "bank_account": BANK_ACCOUNTS,
    "passport": PASSPORTS,
    "driver_license": DRIVER_LICENSES,
    "medical_record": MEDICAL_RECORDS,
    "crypto_address": CRYPTO_ADDRESSES,
    "ip_address": IP_ADDRESSES,
    "mac_address": MAC_ADDRESSES,
    "birth_date": BIRTH_DATES,
    "street_address": STREET_ADDRESSES,
    "phone": PHONES,
}


def rows():
    """Return every sample as its detector, the words before, the passage, the kind and the words after."""
    return [
        (detector, *line.split("|")) for detector, lines in SAMPLES.items() for line in lines.strip("\n").split("\n")
    ]
