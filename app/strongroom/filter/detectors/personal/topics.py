# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a number is called in the words before it, in the languages of most offices.

A bare run of digits can be a telephone number, a tax number or the number of an order. What it is said to be decides,
and of several words the nearest one, so that "order 12345678, phone 87654321" has one telephone number. The topic
``other`` is for what is nobody's personal data.
"""

from strongroom.filter.detectors.context import ContextTopics

REACH = 48

_TOPICS = {
    "phone": """
        phone; phones; phone number; telephone; tel; mobile; mobile number; cell; cell phone; cellphone; landline;
        fax; telefax; hotline; helpline; whatsapp; signal number; telegram number; sms; dial; ring me; ring us; call
        me; call us; call him; call her; call them; call at; call on; call now; text me; text us; reach me; reach
        us; reach him; reach her; reach them; message me; contact number; my number; your number; his number; her
        number; messages to; text messages; my registered; number registered; voicemail; pager; switchboard; ph;
        callback; toll free; telefon*; handy; handynummer; mobil; mobilnummer; mobiltelefon; rufnummer; festnetz;
        durchwahl; anrufen unter; erreichen sie; rückruf; téléphone; portable; numéro de téléphone; appelez;
        joignable; fixe; teléfono; móvil; celular; llame al; llámame; llámenos; telefono; cellulare; chiamami;
        chiamare; recapito; telefone; telemóvel; ligue para; telefoon*; mobiel; mobiele nummer; bel me; bel ons;
        gsm; telefonnummer; puhelin; telefonszám; numer telefonu; komórka; телефон; тел; мобильный; 电话; 電話;
        手机; 手機;
        携帯; 전화; 휴대폰
    """,
    "phone_weak": """
        call; calling; called; a call; ring; reach; reached; contact; contacts; get in touch; speak; talk; text;
        message; messages; number; nummer; numéro; número; numero; kontakt; contatto; contacto; contato; extension;
        personal info
    """,
    "payment_card": """
        card; cards; credit card; debit card; card number; card no; cc; pan; visa; mastercard; amex; maestro;
        kreditkarte; kartennummer; karte; carte; carte bancaire; carte bleue; tarjeta; carta di credito; cartão;
        creditcard; kaart
    """,
    "national_id": """
        national id; national identity; national identification; identity number; identification number; identity
        card; id card; id number; personal number; personal id; personal identification; citizen id;
        personalausweis*; ausweisnummer; ausweis; numéro d'identité; carte d'identité; carte nationale d'identité;
        documento de identidad; documento nacional; cédula; carta d'identità; documento di identità; documento de
        identidade; bilhete de identidade; identiteitskaart; identiteitsnummer; personnummer; personnr; nin
    """,
    "us_ssn": "ssn; ssns; social security; social security number; social security no; soc sec; seguro social",
    "gb_nhs": "nhs; nhs number; nhs no",
    "gb_nino": "national insurance; nino; ni number; ni no",
    "fr_nir": "nir; sécurité sociale; numéro de sécurité sociale; numéro de sécu; insee",
    "es_dni": "dni; nie; nif",
    "nl_bsn": "bsn; burgerservicenummer; sofinummer",
    "be_nn": "rijksregister; rijksregisternummer; registre national; numéro national",
    "se_personnummer": "samordningsnummer; svenskt personnummer",
    "dk_cpr": "cpr; cpr nr; cpr nummer; cpr number",
    "no_fnr": "fødselsnummer; fodselsnummer; d nummer; fnr",
    "pl_pesel": "pesel",
    "ch_ahv": "ahv; avs; ahv nummer; sozialversicherungsnummer",
    "at_svnr": "svnr; sv nummer; sozialversicherungsnr",
    "br_cpf": "cpf",
    "in_aadhaar": "aadhaar; aadhar; uidai; uid number",
    "ca_sin": "sin; social insurance; social insurance number; numéro d'assurance sociale; nas",
    "jp_my_number": "my number card; individual number; マイナンバー; 個人番号",
    "za_id": "south african id; sa id; rsa id",
    "cn_ric": "身份证*; 身份證*; resident id; resident identity",
    "tr_tckn": "tckn; tc kimlik; kimlik no; kimlik numarası",
    "ro_cnp": "cnp; cod numeric personal",
    "hr_oib": "oib",
    "ee_ik": "isikukood; asmens kodas",
    "il_id": "teudat zehut; israeli id; תעודת זהות",
    "ie_pps": "pps; ppsn; pps number",
    "ar_dni": "dni argentino",
    "passport": """
        passport; passports; passport number; passport no; passport num; reisepass*; passnummer; passeport;
        pasaporte; passaporto; passaporte; paspoort*; pass nr; паспорт; 护照; 護照; パスポート; 여권
    """,
    "driver_license": """
        driver's license; drivers license; driver license; driver's licence; drivers licence; driver licence;
        driving license; driving licence; driver's license number; driver's license no; driver's lic; dl number; dl
        no; dl #; dln; dl; license number is; license id; führerschein*; permis de conduire; carnet de conducir;
        licencia de conducir; permiso de conducir; patente di guida; patente; carteira de motorista; cnh; carta de
        condução; rijbewijs*
    """,
    "tax_id": """
        tax id; tax identification; tax number; tax no; taxpayer; tin; tax reference; tax file number; steuernummer;
        steuer nr; steuer id; steuer id nr; steueridentifikationsnummer; steueridnr; idnr; identifikationsnummer; st
        nr; numéro fiscal; spi; identifiant fiscal; número fiscal; identificación fiscal; contribuyente;
        contribuinte; nif fiscal; codice fiscale; belastingnummer; fiscaal nummer
    """,
    "us_ein": "ein; fein; employer identification; employer id; federal tax id",
    "us_itin": "itin; individual taxpayer",
    "gb_utr": "utr; unique taxpayer reference",
    "vat": """
        vat; vat id; vat number; vat no; ust id; ust idnr; ust id nr; umsatzsteuer id;
        umsatzsteueridentifikationsnummer; uid nr; tva; n tva; iva; p iva; partita iva; piva; btw; btw nummer; cif;
        mwst
    """,
    "au_tfn": "tfn",
    "au_abn": "abn; australian business number",
    "nz_ird": "ird; ird number",
    "in_pan": "pan number; pan card; permanent account number",
    "ru_inn": "инн; inn",
    "pl_nip": "nip",
    "pt_nif": "contribuinte nif; nif n",
    "br_cnpj": "cnpj",
    "bank_account": """
        account number; account no; account num; acct; acct no; a/c; a/c no; bank account; checking account; savings
        account; beneficiary account; account #; kontonummer; konto nr; konto; ktonr; kto nr; numéro de compte; n de
        compte; compte bancaire; número de cuenta; cuenta bancaria; cuenta; numero di conto; conto corrente; número
        da conta; conta bancária; rekeningnummer; bankrekening; rekening; clabe; numer konta; счет; 账号; 帳號;
        口座番号;
        account ending
    """,
    "bank_routing": """
        routing; routing number; routing no; rtn; aba; aba number; transit number; bankleitzahl; blz; bsb; bank
        code; code banque
    """,
    "sort_code": "sort code; sortcode; sort codes",
    "swift": "swift; bic; swift code; bic code; swift bic; bic swift",
    "iban": "iban",
    "birth_date": """
        date of birth; birth date; birthdate; dob; geburtsdatum; date de naissance; fecha de nacimiento; data di
        nascita
    """,
    "medical_record": """
        mrn; medical record; medical record number; medical record no; med rec; patient id; patient number; patient
        no; patient identifier; chart number; chart no; hospital number; health record; member id; health insurance
        number; insurance id; health plan id; health plan beneficiary; subscriber id; encounter number;
        patientennummer; patienten id; patientenakte; fallnummer; krankenversichertennummer; versichertennummer;
        kvnr; numéro de patient; n patient; ipp; dossier médical; numéro de dossier médical; historia clínica;
        número de paciente; nhc; cartella clinica; numero paziente; prontuário; número do paciente; patiëntnummer;
        health card; medicare; medicare number; medicaid; 病历号; 病歷號
    """,
    "npi": "npi; national provider identifier",
    "dea": "dea; dea number; dea no; dea registration",
    "other": """
        order; orders; order number; order no; order id; invoice; invoice number; bestellung; bestellnummer;
        rechnung; rechnungsnummer; commande; facture; pedido; factura; ordine; fattura; ticket; case number; case
        id; case no; issue; reference; reference number; ref; ref no; booking; tracking; tracking number; parcel;
        serial; serial number; seriennummer; part number; part no; model; sku; upc; ean; isbn; issn; doi; pmid;
        patent; version; build; release; revision; commit; zip; zip code; postal code; postcode; plz; price; cost;
        total; amount; sum; population; year; years; page; pages; line; chapter; port; pid; process id; uuid; guid;
        hash; checksum; imei; coordinates; latitude; longitude; timestamp; epoch; date; error; error code; exit
        code; transaction; transaction id; session id; product; product id; item; lot; batch; barcode; flight; room;
        customer number; customer id; customer no; kundennummer; numéro client; número de cliente; student id;
        employee id; user id; policy number; contract number; vin
    """,
}


def _words(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split(";")]


TOPICS = ContextTopics({topic: _words(words) for topic, words in _TOPICS.items()}, reach=REACH)
"""Tells what a personal number is said to be."""
