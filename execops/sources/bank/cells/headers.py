"""The names of a statement's columns, in the languages of European and American exports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from execops.sources.bank.cells.currencies import is_code

# Letters that Unicode does not take apart.
_WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Columns that name the town of a card's purchase.
TOWNS = frozenset(
    {"city state", "city", "merchant city", "town", "ort", "ville", "ciudad", "plaats", "citta"}
)


@lru_cache(maxsize=4096)  # the names that banks use are asked for again for each line that may be a header
def plain(name: str) -> str:
    """A column's name in small letters, without accents and signs; letters of every script stay."""
    bare = unicodedata.normalize("NFKD", name.casefold()).translate(_WHOLE_LETTERS)
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


# The names of each role's column, the best first, as `plain` writes them.
NAMES: dict[str, tuple[str, ...]] = {
    role: tuple(plain(name) for name in re.split(r"[|\n]", names) if name.strip())
    for role, names in {
        # The day of booking before the day of the purchase, and that before the value day, in every language.
        "date": """bookgdt|bookgdt dt|date de la valeur utc|booking date|booked date|date booked|booked on|posted on|date entered|date processed|finished on|bookingdate|posting date|posted date|post date|date posted|posted|settled|booked|gebucht am|verbucht am|comptabilisé le|contabilizado el|contabilizzato il|geboekt op|bokfört den|bokført den|bogført den|zaksięgowano|zaúčtováno dne|clearing date|settlement date
            settled date|completed date|date completed|date settled|settled on|settled at|settlement time|cleared date|date cleared|cleared on|cleared at|cleared|completion time|completed date utc|date completed utc|entry date|ledger date|processed date
            buchungstag|buchungsdatum|buchung|umsatzdatum|date comptable|date de comptabilisation|date d opération|date opération
            date de l opération|date operation|dateop|fecha contable|f contable|fecha operación|fecha de operación
            fecha de la operación|f operación|data contabile|data operazione|data movimento|boekdatum|boekingsdatum
            bokföringsdatum|bokföringsdag|bokføringsdato|bokført dato|bokført|bogføringsdato|bogført|reskontradatum|kirjauspäivä
            data księgowania|data operacji|data lançamento|data do lançamento|data mov|datum zaúčtování|datum účtování|datum zúčtování|dátum zaúčtovania|dátum účtovania|könyvelés dátuma|könyvelési dátum|könyvelés napja
            data înregistrării|data înregistrare|data contabilizării|data contábil|data movimento|data do movimento|data de lançamento|fecha de contabilización|fecha apunte|fecha de registro|fecha movimiento
            kirjauspvm|bogføringsdag|bogføringsdato|bokf datum|registreringsdato|datum boeking|boekingsdag|knjiženo|datum knjiženja|ledgerdate|datum transacties|operacijos data|fecha de asiento|fecha asiento|fecha de aplicación|data contabilizzazione|data registrazione|data de contabilização
            uitvoeringsdatum|date d exécution|execution date|ausführungsdatum|data esecuzione|fecha de ejecución|fecha ejecución
            run date|date|datum|data|dato|fecha|päivä|date utc|date time|datetime|transaction date|trans date|transaktionsdag|date started|txn date|transaktionsdatum
            transaktionsdato|date de la transaction|date de transaction|fecha de transacción|data transazione|data transakcji
            data da transação|transactiedatum|timestamp|created|created utc|created at|started date|created date|time
            effective date|purchase date
            日付|操作日|取扱日|お取扱日|起算日|取引日|お取引日|年月日|取引年月日|勘定日|ご利用日|交易日期|帳務日期|入帳日期|記帳日|交易日|交易时间|记账日期
            día|dia|day|tag|jour|giorno|dag|dzień|den|dátum|nap|kuupäev|datums|işlem tarihi|tarih|işlem tarih|data tranzacției|data tranzacţiei|data operațiunii|data procesării
            fecha mov|fecha de movimiento|fecha de aplicación|fecha de liquidación|fecha transacción|fecha aplicación|fecha proceso|fecha efectiva|data da operação|data de operação|data da compra|datum provedení|datum transakce|dátum transakcie|dátum pohybu|datum prometa
            tranzakció dátuma|tranzakció időpontja|maksupäivä|datums|ημερομηνία|ημερομηνια συναλλαγής|ημερομηνία συναλλαγής|ημερομηνία κίνησης|ημ νία κίνησης|ημ νία συναλλαγής|ημ νία|التاريخ|تاريخ العملية|تاريخ المعاملة|تاريخ القيد|תאריך פעולה|תאריך רכישה|תאריך עסקה|거래일자시간|วันที่|วันที่ทำรายการ|дата операції|дата проведення|dagsetning|tarix|თარიღი|дата проводки|trans date time|tanggal|tanggal transaksi|tanggal posting|tgl transaksi|tgl txn|tgl posting|tgl|tarikh|tarikh urusniaga|дата|дата операции|дата на операция|תאריך|거래일|거래일자|거래일시
            valutadatum|valuta|wertstellung|wertstellungstag|wertstellungsdatum|wert|value date|date de valeur|date valeur|fecha valor|fecha de valor|f valor
            data valuta|data valor|rentedatum|rentedato|valutadag|valutadato|valutapäivä|arvopäivä|arvopvm|data waluty|datum valuty|dátum valuty|datum valute
            datum valute|valör|valör tarihi|értéknap|data valutei|väärtuspäev|valutēšanas datums
            ecrituredate|écriture date|belegdatum|journal date|voucher date|bilagsdato|verifikationsdatum|tilikirjauspäivä""",
        "amount": """amount|credit debit amount|debit credit amount|amount credit debit|belastung gutschrift|gutschrift belastung|debit credit|soll haben|signed transaction amount|signed amount|transaction amount|net amount|amount in account currency|net
            booked amount|total amount|objem|montant total|billing amount|posted amount|value|paid|sum|montant net|netto
            betrag|umsatz|umsatzbetrag|buchungsbetrag|betrag in|umsatz in|betrag in kontowährung|montant|montant opération
            montant de l opération|importe|importe operación|cantidad|monto|importo|入出金|入出金額|金額|金额|交易金额|发生额|お取引金額|取引金額|castka|osszeg|iznos|suma operacji|importo movimento|bedrag|transactiebedrag
            belopp|beløb|beløp|summa|kwota|kwota operacji|kwota transakcji|valor|montante|částka|määrä|suma|bokfört belopp|transaktionsbelopp|beløb dkk|beløp nok|tutar|işlem tutarı|miktar|sumă|suma tranzacției|valoare|összeg|tranzakció összege|könyvelt összeg|objem|suma transakcji
            valor do lançamento|valor da operação|montante do movimento|importe del movimiento|importe eur|monto de la transacción|valor movimiento|valor de la transacción|jumlah|nominal|částka v měně účtu|zaúčtovaná částka|znesek|ποσό|ποσό συναλλαγής|المبلغ|مبلغ العملية|จำนวนเงิน|upphæð|məbləğ|თანხა|сума операції|сума у валюті рахунку|сумма операции|סכום הפעולה|סכום חיוב|סכום עסקה|交易金额元|сумма|сума|summ|סכום|거래금액|local amount|amount local""",
        "debit": """debit|debit sum|debits|umsatz soll|zu ihren lasten|zu lasten|betrag soll|soll betrag|sollbetrag|importe debe|importo dare|bedrag debet|debet bedrag|belopp debet|kwota wn|withdrawn|outflow|outflows|cash out|paid out gbp|paid outs|debit amount|withdrawal|withdrawals|withdrawal amount|withdrawal amt|paid out|money out|outgoing
            out|spent|payments|charge|charges|amount debit|debit amt|dr|soll|belastung|lastschrift|ausgang|aus|ausgabe|ausgaben|lasten
            montant débit|débit|débit euros|cargo|cargos|debe|adeudo|retiro|retiros|salida|salidas|dare|addebiti|addebito|uscite
            uscita|af|debet|uit|uttag|ut|ut fra konto|ud|hævet|obciążenia|obciążenie|wydatki|débito|débitos|saída|saídas|wypłata|wypłaty|na vrub|výdaj|výdaje|odchozí|odepsáno|výber|terhelés|terhelések|kiadás|kifizetés|borç|çıkan|giden|giden tutar|harcama|plăți|plată|ieșiri|debitare|sume debitate|isplata|isplate|duguje|breme|odliv
            cargos|importe cargo|monto cargo|valor débito|valor a débito|valor debitado|retiros cargos|egreso|egresos|débitos cargos|giros|cheques y otros cargos|sorties|dépenses|dépense|retraits|importe débito|uitgaven|uitgave|betaalt|afschrijving|belopp ut|utbetalt|utbetalning|utbetalninger|udbetaling|utgift|utgifter|deebet|lähtevät|menot|pano otto|χρέωση|debetas|debets|debeta|izejošie|išlaidos|расход|списание|дебет|сумма по дебету|сума по дебету|оборот дебет|дт|дебит|cheque o cargo|cargo o cheque|cheques cargos|cheques o cargos|pengeluaran|debet mutasi|mutasi debit|mutasi debet|חובה|출금|בחובה|مدين|مدينة|سحب|المسحوبات|ถอนเงิน|ถอน|หักบัญชี|v breme|списано|витрати|출금액원|出金額円|お引き出し|交易金额 支出|记账金额 支出|支出金额|借方金额|출금액|찾으신금액
            お引出金額|引出金額|出金|出金額|出金金額|お支払金額|支払金額|支払い金額|お支払い金額|ご利用金額|払出金額|払戻金額|お払戻金額|お引出し|支出|提出|提取|提款|借方|借方发生额""",
        "credit": """credit|credit sum|credits|umsatz haben|zu ihren gunsten|zu gunsten|betrag haben|haben betrag|habenbetrag|importe haber|importo avere|bedrag credit|credit bedrag|belopp kredit|kwota ma|inflow|inflows|cash in|paid ins|credit amount|deposit|deposits|deposit amount|deposit amt|paid in|money in|incoming|in|received
            receipts|amount credit|credit amt|cr|haben|gutschrift|eingang|ein|einnahme|einnahmen|montant crédit|crédit
            crédit euros|abono|abonos|haber|ingreso|ingresos|depósito|depósitos|entrada|entradas|avere|accrediti|accredito|entrate
            bij|kredit|insättning|insättningar|inn|inn på konto|ind|indsat|uznania|uznanie|wpływy|crédito|créditos|wpłata|wpłaty|ve prospěch|příjem|příjmy|příchozí|připsáno|príjem|vklad|jóváírás|jóváírások|bevétel|befizetés|alacak|giren|gelen|gelen tutar|încasări|încasare|intrări|creditare|sume creditate|uplata|uplate|potražuje|dobro|priliv
            importe abono|monto abono|valor crédito|valor a crédito|valor creditado|depósitos abonos|ingresos abonos|créditos abonos|importe crédito|entrées|recettes|recette|versements|inkomsten|inkomst|bijschrijving|belopp in|innbetalt|inbetalning|innbetalinger|indbetaling|indtægt|inntekt|inkomster|kreedit|saapuvat|tulot|πίστωση|приход|поступление|кредит|сумма по кредиту|сума по кредиту|оборот кредит|кт|depósito o abono|depósitos o abonos|abono o depósito|pemasukan|mutasi kredit|payments refunds|payments credits|payment refund|payments and credits|payments and refunds|payments and other credits|credits and payments|refunds payments|credits payments|זכות|입금|בזכות|دائن|دائنة|إيداع|الإيداعات|ฝากเงิน|ฝาก|เข้าบัญชี|v dobro|зараховано|надходження|입금액원|入金額円|お預け入れ|交易金额 收入|记账金额 收入|收入金额|贷方金额|입금액|맡기신금액|kreditas|kredīts|kredits|ienākošie|gauta|įplaukos
            お預入金額|預入金額|預かり金額|お預かり金額|預り金額|受入金額|お受入金額|入金|入金額|入金金額|お預り金額|お預入れ|收入|存入|存款|贷方|贷方发生额""",
        "net": "net|net amount|net total|total|payout total|netto|nettobetrag|montant net|importe neto|importo netto",
        "gross": "gross|brutto|gross amount|brut|bruto|lordo",
        "fee": """fee|fees|total fees|fee amount|transaction fee|processing fee|gebühr|gebühren|entgelt|frais|commission|comisión
            comisiones|commissione|commissioni|spese|kosten|avgift|gebyr|prowizja|opłata|taxa|charges fee""",
        "sign": """debit credit|дт кт|д к|вид операции|πρόσημο|πρόσημο ποσού|χ π|χρέωση πίστωση|borç alacak|b a|入払区分|入出金区分|借贷标志|借贷方向|收支|credit debit|dr cr|cr dr|credit debit indicator|debit or credit|debit credit indicator|d c|c d|d k|k d
            soll haben|s h|soll haben kennzeichen|sens|debe haber|af bij|bij af|dare avere|in out|direction|balance impact
            transaction direction|indicator|credit or debit|money in out|debet kredit|debit kredit|deebet kreedit|deebet kreedit d c|d k|debets kredīts|debetas kreditas|debetas kreditas d k|debets kredīts d k""",
        "description": """angaben zu den umsätzen|nature des opérations|full description|descripción detallada|label|descrizione completa|descrizione estesa|beschreibung1|beschreibung 1|description 1|description1|libellé operation|description|transaction description|narrative|narration|memo|details|transaction details|text|particulars
            bank description|payment details|statement descriptor|original description|verwendungszweck|buchungstext
            buchungsdetails|buchungs details|umsatzdetails|umsatz details|avisierungstext|beschreibung|zahlungsgrund|zahlungszweck|zahlungsreferenz|mitteilung|booking text
            libellé|libellé opération|libellé de l opération|libellé simplifié|nature de l opération|libellé complet
            narrative 1|narrative 2|narrative 3|narrative 4|narrative1|narrative2|narrative3|narrative4|détail de l écriture|communication|motif|intitulé|concepto|descripción|detalle|movimiento|observaciones|descrizione
            descrizione operazione|causale|dettagli|omschrijving|omschrijving 1|mededelingen|mededeling|meddelande|rubrik|beskrivning|referens
            beskrivelse|tekst|forklaring|selite|opis|opis operacji|opis transakcji|tytuł|tytułem|descrição|histórico|popis
            merchant description|transaction remarks|remarks|txn description|transaction particulars|bemerkung|bemerkungen|additional description|açıklama|işlem açıklaması|detalii|detalii tranzacție|detaliile tranzacției|descriere|explicații|explicaţii|descrierea tranzacției|közlemény|tranzakció leírása|leírás|megnevezés|popis transakce|popis operace|popis pohybu|zpráva pro příjemce|správa pre príjemcu|účel platby|concepto referencia|concepto referencia|descripción del movimiento|detalle del movimiento|detalle movimiento|descripción movimiento|referencia|glosa|descrição do movimento|descrição da operação|lançamento|selgitus|paskirtis|mokėjimo paskirtis|informācija saņēmējam|opis plaćanja|namen|paaiškinimai|mokėjimo paskirtis|maksājuma mērķis|detaļas|szczegóły transakcji|tytuł operacji|viesti|selitys|περιγραφή|αιτιολογία|περιγραφή συναλλαγής|الوصف|تفاصيل العملية|البيان|รายละเอียด|รายการ|texti|təyinat|опис операції|призначення платежу|описание операции|תיאור הפעולה|お取り扱い内容|摘要内容|거래내역|기재내용|对手信息|交易场所|описание|keterangan|keterangan transaksi|uraian|uraian transaksi|butiran|descripción operación|descripción de la operación|detalle operación|detalle de la operación|назначение платежа|основание|תיאור|적요|거래내용|note|reference|payment reference|remittance information|referenz|zpráva pro příjemce|poznámka
            transaction ref1|transaction ref 1|transaction ref2|transaction ref 2|transaction ref3|transaction ref 3|beschreibung2|beschreibung3|beschreibung 2|beschreibung 3|description2|description3|description 2|description 3
            お取引内容|取引内容|入出金内容|お取引内容 摘要|摘要|内容|交易摘要|交易說明|交易詳情|operazione|dettaglio operazione
            rmtinf ustrd|ustrd|addtlntryinf|más datos|datos adicionales|otros datos|información adicional|concepto ampliado|descripción ampliada|informations complémentaires|information complémentaire|libellé complémentaire|détails|détail|informazioni aggiuntive|dati aggiuntivi|descrizione aggiuntiva|zusatzinformationen|zusatzinformation|zusatztext|aanvullende informatie|extra informatie|ytterligare information|lisätiedot|dodatkowe informacje|doplňující údaje|doplňujúce údaje|további adatok|informação adicional|informações adicionais|additional information|additional info|additional details|more details|more information|further information|extra details|leyendas adicionales 1|leyendas adicionales 2|leyendas adicionales|leyenda adicional|observaciones cliente""",
        "merchant": """merchant|שם בית עסק|שם בית העסק|merchant name|merchant clean name|store name|supplier|shop|händler|commerçant|comercio|esercente""",
        "payee": """payee|empfänger absender|absender empfänger|sender empfänger|empfänger sender|nafn mótaðila|mótaðili|contact name|other party info|other party|counterparty info|partner elnevezése|partner megnevezése|ellenoldal neve|nume partener|nombre contraparte|nombre de la contraparte|nome contraparte|nome da contraparte|rltdpties nm|rltdpties cdtr nm|rltdpties dbtr nm|보낸분 받는분|받는분 보낸분|받는분|보낸분|의뢰인 수취인|수취인|거래처|상대방|לטובת|לטובת מ|destination name|relatie|relatienaam|debiteur crediteur|kunde lieferant|customer supplier|vendor customer|nom du tiers|counterparty|counterparty name|counter party|name|beneficiary|beneficiary name|vendor|vendor name|to from|from to
            payee name|recipient|recipient name|paid to|beneficiary or remitter|payee payer|beguenstigter zahlungspflichtiger
            begünstigter zahlungspflichtiger|auftraggeber empfänger|empfänger|zahlungsempfänger|zahlungsempfänger in
            zahlungsempfänger*in|empfänger auftraggeber
            tegenrekeninghouder|tegenrekening houder|rekeninghouder tegenpartij|name description|empfaenger 1|empfänger 1|recipient 1|name zahlungsbeteiligter|auftraggeber begünstigter|begünstigter auftraggeber|begünstigter|gegenpartei|gegenkonto name
            partner name|zahlungsbeteiligter|partnername|partner|name des partners|tiers|bénéficiaire|nom du bénéficiaire|nom de la contrepartie|nom
            contrepartie|beneficiario|ordenante beneficiario|beneficiario ordenante|controparte|beneficiario ordinante|naam tegenpartij|tegenpartij
            naam tegenrekening|naam van de tegenpartij|nom de la contrepartie|naam begunstigde|naam|tegenrekening naam|naam omschrijving|mottagare|motpart|avsändare mottagare|mottaker|modtager|navn|saaja
            saaja maksaja|odbiorca|nadawca odbiorca|kontrahent|nazwa odbiorcy|destinatário|favorecido|target name|protistrana
            název protiúčtu|nazev protiuctu|naam tegenpartij bevat|nome destinatario|ellenoldali név|partner neve|对方户名|název protistrany|jméno protistrany|názov protistrany|názov protiúčtu|alıcı|alıcı gönderen|karşı hesap|beneficiar|nume beneficiar|plătitor beneficiar|kedvezményezett neve|kedvezményezett|saaja maksja nimi|mokėtojas gavėjas|gavėjas|saņēmējs maksātājs|primatelj|platitelj primatelj|naziv partnera|sender empfänger|absender empfänger|nombre beneficiario|beneficiario originante|nome do beneficiário|razón social|mottaker avsender|modtager afsender|mottagare avsändare|nom contrepartie|nom tiers|nadawca odbiorca|dane kontrahenta|контрагент|получатель|nazwa kontrahenta|nazwa nadawcy odbiorcy|odbiorca nadawca|nadawca odbiorca nazwa|maksun saaja|saaja maksja|mokėtojo arba gavėjo pavadinimas|mokėtojas gavėjas|gavėjas mokėtojas|gavėjo mokėtojo pavadinimas|saņēmējs|partnera nosaukums|saajan nimi|saaja tai maksaja|nimi|kedvezményezett|ordonator beneficiar|nume|karşı taraf|customer name|customer|client name|client|kundenname|nom du client|nombre del cliente|nome cliente|naam klant""",
        "payer": """payer|payer name|remitter|sender|sender name|source name|ordering party|received from|paid by|auftraggeber
            zahlungspflichtiger|zahlungspflichtige r|zahlungspflichtige*r|donneur d ordre|ordenante|ordinante|avsändare|avsender
            afsender|maksaja|nadawca|remetente|pagador|opdrachtgever""",
        "balance": """balance|baki|baki akaun|accountbalance|running balance|runningbalance|running bal|running bal.|account balance|balance after|closing balance
            closing ledger balance|ledger balance|balance amount|balance after transaction|saldo|kontostand
            saldo nach buchung|saldo in|solde|solde après opération|saldo contabile|saldo progressivo|saldo na trn
            saldo na mutatie|saldo po operacji|saldo efter|remaining balance|bokfört saldo|bogført saldo|saldo bokført|saldo após|zůstatek|bal|new balance|guthaben
            saldos|残高|取引後残高|差引残高|お取引後残高|余额|餘額|結餘|帳戶餘額|bakiye|kalan bakiye|kalan|sold|sold final|sold cont|egyenleg|könyvelt egyenleg|záró egyenleg|zostatok|zostatok na účte|zůstatek na účtu|zůstatek po transakci|saldo contable|saldo en cuenta|saldo final|saldo actual|saldo del día|saldo após movimento|saldo contabilístico|saldo liquido
            stanje|novo stanje|likutis|atlikums|jääk|υπόλοιπο|λογιστικό υπόλοιπο|الرصيد|الرصيد بعد العملية|ยอดคงเหลือ|ยอดเงินคงเหลือ|staða|qalıq|залишок|залишок після операції|остаток после операции|יתרה בש ח|היתרה בש ח|היתרה|잔액원|联机余额|账户余额|ნაშთი|остаток|баланс|салдо|saldo diario|saldo akhir|יתרה|잔액|거래후잔액|beholdning|konto saldo|saldo konto|saldo na operacji|saldo po transakcji|likutis po operacijos|atlikums pēc darījuma
            available balance|available|available funds|saldo disponible|disponible|solde disponible|saldo disponibile|saldo disponível|sold disponibil|verfügbarer saldo
            beschikbaar saldo|tillgängligt saldo|disponibelt saldo|disponibel saldo|tilgjengelig saldo|saldo dostępne|наличност""",
        "currency": """currency|account currency|posted currency|booked currency|mena|mena uctu|deviza|para birimi|currency code|amount currency|ccy|cur|curr|payment currency|settlement currency
            billing currency|währung|waehrung|kontowährung|buchungswährung|whg|devise|monnaie|devizanem|döviz|döviz cinsi|valuutta|valuuta|valūta|měna účtu|mena účtu|waluta operacji|валюта|divisa|moneda|munt|muntsoort|valuta
            valutakod|valutakode|valutacode|valuta code|currency iso|iso code|νόμισμα|العملة|สกุลเงิน|交易币种|记账币种|币种|货币|通貨|통화|מטבע חיוב|מטבע|mynt|valuta rekening|devise du compte|devise compte|divisa de la cuenta|moneda de la cuenta|kontovaluta|waluta konta|waluta|waluta rachunku|moeda|měna|currency 1|pénznem|valiuta|валута""",
        "subtype": "transaction details type|details type|detailed transaction type|sub type|subtype|transaction subtype",
        "category": "category|kategorie|catégorie|categoría|categoria|rubrique|subcategory|budget category|kategori",
        "type": """reporting category|event type|reason type|payment method variant|type|transaction type|typ|umsatztyp|umsatzart|buchungsart|buchungsvorgang
            transaktionstyp|transaktionsart|bewegungstyp|vorgang|tipo|tipo de movimiento|tipo movimento|tipo de operación|mutatiesoort
            soort|transaktionstyp|typ transakcji|rodzaj operacji|typ operacji|subcategory|kind|method|payment method|transaction code
            type verrichting|soort verrichting|type d opération|type opération|type de l opération|nature|označení operace|označenie operácie|typ transakce|typ transakcie|druh transakce|typ pohybu|typ operace|rodzaj transakcji
            işlem türü|işlem tipi|tip tranzacție|tranzakció típusa|típus|forgalom típusa|tipo de transacción|tipo de transação|tipo lançamento|tipo de lançamento|transaksjonstype|transaktionstype|tapahtumalaji|laji|source""",
        "status": """status|state|transaction status|statut|état|estado|stato|tilstand|buchungsstatus|umsatzstatus|stan""",
        "account": """source account|account name|account title|account|from account|account number|account no|konto|kontoname|compte|cuenta|conto|rekening|pocket
            wallet|sub account|account nickname""",
        "id": """transaction id|id|transactionid|reference id|external id|transferwise id|tracking id|unique id|transaction reference
            bank reference|fitid|transaktions id|identifiant|id transacción|volgnr|volgnummer|verifikationsnummer|txn id|txid
            zkb referenz|arkivref""",
    }.items()
}
# The last word of the names that a bank makes up itself: "Daily Posted Balance", "Payout Date".
_ENDINGS = {
    "date": frozenset({"date", "datum", "data", "dato", "fecha", "tarihi", "datuma", "kuupaev"}),
    "balance": frozenset(
        {
            "balance",
            "bal",
            "saldo",
            "solde",
            "kontostand",
            "guthaben",
            "bakiye",
            "egyenleg",
            "zostatok",
            "zustatek",
        }
    ),
    "currency": frozenset(
        {"currency", "wahrung", "devise", "divisa", "moneda", "waluta", "valuutta", "moeda"}
    ),
}
# A column of such a currency does not tell that of the account: `Target Currency`, `Währung Originalbetrag`.
_ELSEWHERE = frozenset(
    """target original orig foreign transaction transfer customer fee exchange instructed counter destination merchant purchase
    local fremd ursprungs zahlungs origine origen origem cible destino transakcji oryginalna facing presentment invoice rate""".split()  # noqa: SIM905
)
_LEAST_OF_A_TABLE = 4  # names; a line above the table, `Valuta: SEK`, has fewer
_CODE = re.compile(r"[\s(\[]([A-Z]{3})\s*[)\]]?\s*$")
_EURO = re.compile(r"[\s(\[]euro[as]?[)\]]?\s*$", re.IGNORECASE)  # `Määrä EUROA`
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_UNIT = re.compile(r"[\s(\[](?:(?:in|en) )?(?:(?P<code>[A-Z]{3})|[$€£¥₹]|euros?)[)\]]?\s*$", re.IGNORECASE)


# A name that stands twice has its first, so its best, place.
_RANKS = {role: {name: names.index(name) for name in names} for role, names in NAMES.items()}
_BEGINNINGS = {role: frozenset(NAMES[role]) for role in ("date", "amount", "debit", "credit", "balance")}


@cache
def known_names() -> frozenset[str]:
    """All names of columns."""
    return frozenset(name for names in NAMES.values() for name in names)


def candidates(header: Sequence[str]) -> dict[str, list[int]]:
    """The columns that each role may have by the names in the header, the best first."""
    names = [plain(name) for name in header]
    bare = [
        plain(_without_unit(_without_unit(name).rstrip())) for name in header
    ]  # `Betrag (EUR)` is also called `betrag`
    fitting: dict[str, list[int]] = {}
    for role, ranks in _RANKS.items():
        ranked = [
            (min(ranks[name] for name in (names[at], bare[at]) if name in ranks), at)
            for at in range(len(header))
            if names[at] in ranks or bare[at] in ranks
        ]
        if ranked:
            fitting[role] = [at for _, at in sorted(ranked)]
    return fitting


def by_beginning(header: Sequence[str]) -> dict[str, list[int]]:
    """The columns whose names begin with one of a role's, such as `Montant operation en euro`."""
    beginnings = [_beginnings(plain(name)) for name in header]
    fitting = {
        role: [at for at, texts in enumerate(beginnings) if not names.isdisjoint(texts)]
        for role, names in _BEGINNINGS.items()
    }
    return {role: columns for role, columns in fitting.items() if columns}


@lru_cache(maxsize=4096)
def _beginnings(name: str) -> tuple[str, ...]:
    """The words that a name of several begins with: one, two, and so on, but never all."""
    words = name.split()
    return tuple(" ".join(words[:length]) for length in range(1, len(words)))


def by_ending(header: Sequence[str]) -> dict[str, list[int]]:
    """The columns whose names end as one of a role's does, such as `Daily Posted Balance`."""
    fitting = {
        role: [
            at
            for at, name in enumerate(header)
            if (plain(name).split() or [""])[-1] in words and not (role == "currency" and is_elsewhere(name))
        ]
        for role, words in _ENDINGS.items()
    }
    return {role: columns for role, columns in fitting.items() if columns}


def is_elsewhere(name: str) -> bool:
    """Whether a column's name tells of another amount than that of the account: of the purchase, of the other side."""
    return not _ELSEWHERE.isdisjoint(plain(name).split())


def by_currency(header: Sequence[str]) -> dict[int, str]:
    """The columns whose name is a currency, `CAD$` and `USD$`, with its code: each holds the amounts in that currency."""
    codes = {at: plain(name).upper() for at, name in enumerate(header) if name.strip()}
    if len(codes) < _LEAST_OF_A_TABLE:
        return {}
    return {at: code for at, code in codes.items() if is_code(code)}


def _without_unit(name: str) -> str:
    brackets = _BRACKETS.search(name)
    if brackets and plain(brackets[0]) not in {
        *NAMES["debit"],
        *NAMES["credit"],
    }:  # `Amount (credit)` is no amount
        name = name[: brackets.start()]
    unit = _UNIT.search(name)
    return name[: unit.start()] if unit and (unit["code"] is None or is_code(unit["code"])) else name


def find(header: Sequence[str], wanted: str) -> int | None:
    """The index of the column that a person named, by its name or by its number from 1; None without one."""
    for simplify in (str.strip, plain):
        matches = [at for at, name in enumerate(header) if simplify(name) == simplify(wanted)]
        if matches:
            return matches[0]
    return (
        int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(header) else None
    )


def currency_of(names: Sequence[str]) -> str | None:
    """The currency at the end of the name of a column of money, such as `Betrag (EUR)`; `Amount (Net)` has none."""
    for name in names:
        code = _CODE.search(" " + name.strip())
        if code and is_code(code[1]) and plain(name) != code[1].casefold():
            return code[1]
        if _EURO.search(name):
            return "EUR"
        if name.strip().endswith(("円)", "(円", "円）")):
            return "JPY"
    return None
