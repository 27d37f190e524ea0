# Die Wörter der Mails an Kunden auf Deutsch. Wie eine solche Datei aussieht, steht in en.ftl.


## letter

letter-greeting = Guten Tag { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Guten Tag,
letter-closing =
    Vielen Dank und freundliche Grüße
    { $company }
letter-closing-nameless = Vielen Dank und freundliche Grüße
letter-paid-already = Falls Sie bereits bezahlt haben, betrachten Sie diese Mail bitte als erledigt.

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] Lastschrift
    [ach_debit] Lastschrift
    [au_becs_debit] Lastschrift
    [bacs_debit] Lastschrift
    [nz_bank_account] Lastschrift
    [sepa_debit] SEPA-Lastschrift
    [us_bank_account] Lastschrift
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] Überweisung
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] Zahlungsmethode
}
letter-card = { $named ->
    [none] Karte
    [card] { $brand }
   *[brand] { $brand }-Karte
}{ $ending ->
    [none] { "" }
   *[other] { " " }mit der Endung { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }in { $wallet }
}
# Eine Lastschrift mit Artikel weiblichen Geschlechts; alles andere ist eine Zahlung.
letter-debit = { $method ->
    [sepa_debit] SEPA-Lastschrift
    [acss_debit] Lastschrift
    [ach_debit] Lastschrift
    [au_becs_debit] Lastschrift
    [bacs_debit] Lastschrift
    [nz_bank_account] Lastschrift
    [us_bank_account] Lastschrift
   *[other] Zahlung
}
letter-your-method = { $method ->
    [card] Ihre { letter-card }
   *[other] Ihre Zahlungsmethode
}
letter-closing-signed =
    Vielen Dank und freundliche Grüße
    { $signer }
    { $company }
letter-closing-signed-only =
    Vielen Dank und freundliche Grüße
    { $signer }
letter-personal = Ich wende mich heute persönlich an Sie.
letter-quote = { $end ->
    [own] „{ $words }“
   *[none] „{ $words }“.
}
letter-payment = { $method ->
    [amazon_pay] Amazon-Pay-Zahlung
    [cashapp] Cash-App-Pay-Zahlung
    [link] Link-Zahlung
    [paypal] PayPal-Zahlung
    [revolut_pay] Revolut-Pay-Zahlung
   *[other] Zahlung
}
letter-price = { $every ->
    [year] { $price } pro Jahr
   *[month] { $price } pro Monat
}
letter-subscription = { $kind ->
    [named] Ihr Abonnement „{ $plan }“
    [priced] Ihr Abonnement zu { letter-price }
    [one] Eines Ihrer Abonnements
   *[only] Ihr Abonnement
}
letter-staying = { $count ->
    [one] Ihr anderes Abonnement läuft weiter.
   *[other] Ihre übrigen Abonnements laufen weiter.
}


## card_update

card_update-payments = { $count ->
    [one] Ihre Zahlung über { $amounts }
   *[other] Ihre Zahlungen über insgesamt { $amounts }
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Bitte prüfen: { card_update-payments } konnte nicht eingezogen werden
       *[other] Bitte prüfen: { card_update-payments } konnten nicht eingezogen werden
    }
    [third] { $count ->
        [one] Bitte prüfen: Zahlung über { $amounts } weiterhin nicht möglich
       *[other] Bitte prüfen: Zahlungen über insgesamt { $amounts } weiterhin nicht möglich
    }
    [second] { $count ->
        [one] Erinnerung: { card_update-payments } ist fehlgeschlagen
       *[other] Erinnerung: { card_update-payments } sind fehlgeschlagen
    }
   *[first] { $count ->
        [one] { card_update-payments } ist fehlgeschlagen
       *[other] { card_update-payments } sind fehlgeschlagen
    }
}
card_update-collect = { $part ->
    [rest] Den Restbetrag von { $amount } aus der Rechnung { $number }
   *[whole] Ihre { letter-payment } über { $amount } für die Rechnung { $number }
}
card_update-failed = { $how ->
    [trial] Ihre Testphase ist zu Ende, und die erste Zahlung für Ihr Abonnement, { $amount } für die Rechnung { $number }, ist fehlgeschlagen
    [expired] { card_update-collect } konnten wir nicht einziehen, da { letter-your-method } abgelaufen ist
    [uncollected] { card_update-collect } konnten wir nicht einziehen
    [repeated] { card_update-collect } konnten wir auch nach { $attempt } Versuchen nicht einziehen
    [returned] Ihre Bank hat unsere { letter-debit } über { card_update-over } für die Rechnung { $number } zurückgegeben
    [second] { card_update-collect } konnten wir auch beim zweiten Versuch nicht einziehen
    [declined] Ihre Bank hat die Abbuchung { card_update-amount } von Ihrer { letter-card } für die Rechnung { $number } abgelehnt
   *[other] { $part ->
        [rest] Ihre Restzahlung über { $amount } für die Rechnung { $number } ist fehlgeschlagen
       *[whole] Ihre { letter-payment } über { $amount } für die Rechnung { $number } ist fehlgeschlagen
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }. Weitere Versuche sind nicht vorgesehen.
   *[open] { card_update-failed }.
}
card_update-bank = Ihre Bank hat die Abbuchung abgelehnt.
card_update-returned = { $why ->
    [closed] Laut Bank ist das Konto geschlossen.
    [unknown] Laut Bank ist das Konto dort nicht bekannt.
    [blocked] Laut Bank sind Lastschriften von diesem Konto derzeit nicht möglich.
    [limit] Laut Bank liegt der Betrag über einem Limit des Kontos.
    [holder] Laut Bank stimmt der Name des Kontoinhabers nicht überein.
   *[mandate] Laut Bank liegt für die Abbuchung keine Ermächtigung vor.
}
card_update-hint = { $why ->
    [another] Bitte verwenden Sie eine andere Karte, da die Bank diese wahrscheinlich erneut ablehnt.
    [details] Möglicherweise stimmen die Kartendaten nicht: Bitte prüfen Sie Kartennummer, Ablaufdatum und Prüfziffer.
    [address] Möglicherweise stimmt die hinterlegte Rechnungsadresse nicht: Bitte prüfen Sie die Postleitzahl.
    [ask] Den Grund kann Ihnen Ihre Bank nennen.
   *[stopped] Laut Bank wurden Zahlungen an uns gestoppt.
}
card_update-stopped = Wenn Sie das selbst veranlasst haben, antworten Sie bitte auf diese Mail und sagen Sie uns, wie es weitergehen soll.
card_update-on-file = { $method ->
    [card] Hinterlegt ist Ihre { letter-card }.
   *[other] Hinterlegt ist das Konto mit der Endung { $ending }.
}
card_update-several = { $expired ->
    [yes] Ihre Zahlungen über insgesamt { $amounts } sind fehlgeschlagen, da { letter-your-method } abgelaufen ist:
   *[no] Ihre Zahlungen über insgesamt { $amounts } sind fehlgeschlagen:
}
card_update-line = • { $amount } für die Rechnung { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Nach der Anmeldung können Sie hier bezahlen oder Ihre Karte aktualisieren:
       *[other] Nach der Anmeldung können Sie hier bezahlen oder Ihre Zahlungsmethode ändern:
    }
   *[invoice] { $method ->
        [card] Hier können Sie bezahlen oder Ihre Karte aktualisieren (es dauert nur eine Minute):
       *[other] Hier können Sie bezahlen oder Ihre Zahlungsmethode ändern (es dauert nur eine Minute):
    }
}
card_update-links = { $method ->
    [card] Hier können Sie die Rechnungen bezahlen oder Ihre Karte aktualisieren (es dauert nur eine Minute):
   *[other] Hier können Sie die Rechnungen bezahlen oder Ihre Zahlungsmethode ändern (es dauert nur eine Minute):
}
card_update-no-link = { $method ->
    [card] Bitte antworten Sie auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie bezahlen oder Ihre Karte aktualisieren können.
   *[other] Bitte antworten Sie auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie bezahlen oder Ihre Zahlungsmethode ändern können.
}
card_update-retry = { $method ->
    [card] Andernfalls versuchen wir es am { $day } noch einmal mit Ihrer Karte.
   *[other] Andernfalls versuchen wir es am { $day } noch einmal mit Ihrer Zahlungsmethode.
}

card_update-note-subject = { $count ->
    [one] Ihre Zahlung über { $amounts } für die Rechnung { $numbers } ist fehlgeschlagen
   *[other] Ihre Zahlungen über insgesamt { $amounts } für die Rechnungen { $numbers } sind fehlgeschlagen
}
card_update-note-payments = { $count ->
    [one] Ihre { letter-payment } über { $amounts } für die Rechnung { $numbers } ist
   *[other] Ihre Zahlungen über insgesamt { $amounts } für die Rechnungen { $numbers } sind
}
card_update-note = { $why ->
    [expired] { card_update-note-payments } fehlgeschlagen, da { letter-your-method } abgelaufen ist.
    [trial] { card_update-note-payments } am Ende Ihrer Testphase fehlgeschlagen.
    [debit] { $count ->
        [one] Die { letter-debit } über { $amounts } für die Rechnung { $numbers } ist fehlgeschlagen.
       *[other] { card_update-note-payments } fehlgeschlagen.
    }
   *[other] { card_update-note-payments } fehlgeschlagen.
}
card_update-note-ask = { $by ->
    [person] Kann ich Ihnen dabei helfen, etwa { card_update-note-such }? Eine kurze Antwort genügt, und ich kümmere mich darum.
   *[company] Können wir Ihnen dabei helfen, etwa { card_update-note-such }? Eine kurze Antwort genügt, und wir kümmern uns darum.
}
card_update-note-link = { $page ->
    [portal] Nach der Anmeldung finden Sie hier die Rechnung; dort können Sie auch auf anderem Weg bezahlen:
   *[invoice] Hier finden Sie die Rechnung; dort können Sie auch auf anderem Weg bezahlen:
}
card_update-note-ignore = { $count ->
    [one] Falls die Zahlung schon unterwegs ist, betrachten Sie diese Mail bitte als erledigt.
   *[other] Falls die Zahlungen schon unterwegs sind, betrachten Sie diese Mail bitte als erledigt.
}
card_update-amount = { $part ->
    [rest] des Restbetrags von { $amount }
   *[whole] von { $amount }
}
card_update-over = { $part ->
    [rest] den Restbetrag von { $amount }
   *[whole] { $amount }
}
card_update-note-such = { $method ->
    [card] bei einem Kartenlimit, einer fehlenden Bestellnummer oder einem neuen Ansprechpartner für Rechnungen
   *[other] bei einer fehlenden Bestellnummer, einer Freigabe oder einem neuen Ansprechpartner für Rechnungen
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] Ihre Zahlung über { $amount }
   *[other] Ihre Zahlungen über insgesamt { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Erinnerung: Bitte bestätigen Sie { authenticate_payment-what }
   *[no] Bitte bestätigen Sie { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Ihre Bank wartet noch darauf, dass Sie die Zahlung über { $amount } für die Rechnung { $number } bestätigen. Vorher kann sie nicht ausgeführt werden.
   *[no] Ihre Bank bittet Sie, die Zahlung über { $amount } für die Rechnung { $number } zu bestätigen. Das ist eine übliche Sicherheitsprüfung; nach Ihrer Bestätigung kann die Zahlung ausgeführt werden.
}
authenticate_payment-several = { $again ->
    [yes] Ihre Bank wartet noch darauf, dass Sie { $count } Zahlungen über insgesamt { $amount } bestätigen:
   *[no] Ihre Bank bittet Sie, { $count } Zahlungen über insgesamt { $amount } zu bestätigen:
}
authenticate_payment-line = • { $amount } für die Rechnung { $number }
authenticate_payment-several-why = { $again ->
    [yes] Vorher können sie nicht ausgeführt werden.
   *[no] Das ist eine übliche Sicherheitsprüfung; nach Ihrer Bestätigung können die Zahlungen ausgeführt werden.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Nach der Anmeldung können Sie die Zahlung hier bestätigen:
       *[other] Nach der Anmeldung können Sie die Zahlungen hier bestätigen:
    }
   *[invoice] { $count ->
        [one] Hier können Sie die Zahlung bestätigen (es dauert nur eine Minute):
       *[other] Hier können Sie die Zahlungen bestätigen (es dauert nur eine Minute):
    }
}
authenticate_payment-links = Hier können Sie die Zahlungen bestätigen (es dauert nur eine Minute):
authenticate_payment-no-link = Bitte antworten Sie auf diese Mail; wir senden Ihnen dann einen sicheren Link zur Bestätigung.
authenticate_payment-ignore = Falls Sie das bereits getan haben, betrachten Sie diese Mail bitte als erledigt.

authenticate_payment-verify-subject = { $what ->
    [setup] Ihr Bankkonto muss noch verifiziert werden
   *[payment] Für Ihre Zahlung über { $amount } muss Ihr Bankkonto noch verifiziert werden
}
authenticate_payment-verify-what = { $what ->
    [invoice] Ihre Zahlung über { $amount } für die Rechnung { $number } kann ausgeführt werden, sobald Ihr Bankkonto verifiziert ist.
    [payment] Ihre Zahlung über { $amount } kann ausgeführt werden, sobald Ihr Bankkonto verifiziert ist.
   *[setup] Ihr Bankkonto kann für Ihre Zahlungen verwendet werden, sobald es verifiziert ist.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Auf Ihrem Kontoauszug finden Sie dafür ein oder zwei kleine Gutschriften oder eine Gutschrift mit einem Code.
authenticate_payment-verify-arrives = Sie sollten bis zum { $day } eingehen.
authenticate_payment-verify-link = { $page ->
    [portal] Nach der Anmeldung können Sie die Beträge oder den Code hier eintragen:
   *[invoice] Hier können Sie die Beträge oder den Code eintragen:
}
authenticate_payment-verify-no-link = Wenn Sie Fragen dazu haben, antworten Sie bitte auf diese Mail.
authenticate_payment-verify-ignore = Falls Sie das Konto bereits verifiziert haben, betrachten Sie diese Mail bitte als erledigt.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Ihre { letter-card } ist abgelaufen
    [known] Ihre { letter-card } läuft Ende { $month } ab
   *[soon] Ihre { letter-card } läuft bald ab
}
card_expiring-opening = { $when ->
    [expired] Ihre { letter-card } ist Ende { $month } abgelaufen. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte Ihre neue Karte, sobald sie da ist.
    [known] Ihre { letter-card } läuft Ende { $month } ab. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte Ihre neue Karte, sobald sie da ist.
   *[soon] Ihre { letter-card } läuft bald ab. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte Ihre neue Karte, sobald sie da ist.
}
card_expiring-next = { $next ->
    [first] Ihre erste Zahlung über { $amount } ist am { $day } fällig, am Ende Ihrer Testphase.
    [known] Ihre nächste Zahlung über { $amount } ist am { $day } fällig.
   *[unknown] Ihre nächste Zahlung ist am { $day } fällig.
}
card_expiring-link = Nach der Anmeldung können Sie die neue Karte hier hinterlegen:
card_expiring-no-link = Antworten Sie einfach auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie Ihre Karte aktualisieren können. Bitte senden Sie keine Kartendaten per Mail.
card_expiring-ignore = Falls Sie die Karte bereits aktualisiert haben, betrachten Sie diese Mail bitte als erledigt.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] Noch { $amount } offen aus Rechnung { $number }
           *[whole] Rechnung { $number } über { $amount }
        }
        [last] Letzte Erinnerung: { invoice_overdue-what }
        [firm] Überfällig: { invoice_overdue-what }
        [ask] Überfällig: { invoice_overdue-what }
       *[reminder] Erinnerung: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } Rechnungen über insgesamt { $amount }
        [last] Letzte Erinnerung: { $count } Rechnungen über insgesamt { $amount }
        [firm] Überfällig: { $count } Rechnungen über insgesamt { $amount }
        [ask] Überfällig: { $count } Rechnungen über insgesamt { $amount }
       *[reminder] Erinnerung: { $count } Rechnungen über insgesamt { $amount }
    }
}
invoice_overdue-opening = { $due ->
    [known] Die Rechnung { $number } über { $amount } war am { $day } fällig, und wir haben Ihre Zahlung noch nicht erhalten.
   *[unknown] Die Rechnung { $number } über { $amount } ist überfällig, und wir haben Ihre Zahlung noch nicht erhalten.
}
invoice_overdue-rest = { $due ->
    [known] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } war am { $day } fällig.
   *[unknown] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } ist überfällig.
}
invoice_overdue-credited = Eine Gutschrift über { $credit } ist in diesem Betrag bereits berücksichtigt.
invoice_overdue-slipped = Vielleicht ist das einfach untergegangen.
invoice_overdue-several = Diese Rechnungen sind überfällig; folgende Beträge sind noch offen:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, fällig am { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (nach Ihrer Zahlung von { $paid }), fällig am { $day }
   *[unknown] • { $number }: { $amount } (nach Ihrer Zahlung von { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Ihr Abonnement ist beendet; diese Rechnung ist noch offen.
   *[other] Ihr Abonnement ist beendet; diese Rechnungen sind noch offen.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Nach der Anmeldung können Sie die Rechnung hier ansehen und den Rest bezahlen:
           *[whole] Nach der Anmeldung können Sie die Rechnung hier ansehen und bezahlen:
        }
       *[other] Nach der Anmeldung können Sie die Rechnungen hier ansehen und bezahlen:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Hier können Sie die Rechnung ansehen und den Rest bezahlen:
           *[whole] Hier können Sie die Rechnung ansehen und bezahlen:
        }
       *[other] Hier können Sie die Rechnungen ansehen und bezahlen:
    }
}
invoice_overdue-links = Hier können Sie die Rechnungen ansehen und bezahlen:
invoice_overdue-no-link = Bitte antworten Sie auf diese Mail, wenn Sie die Rechnung oder unsere Bankverbindung noch einmal brauchen.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Hält etwas die Zahlung auf, bei dem ich helfen kann, etwa eine fehlende Bestellnummer, eine Freigabe oder ein neuer Ansprechpartner für Rechnungen? Eine kurze Antwort genügt, und ich kümmere mich darum.
       *[company] Hält etwas die Zahlung auf, bei dem wir helfen können, etwa eine fehlende Bestellnummer, eine Freigabe oder ein neuer Ansprechpartner für Rechnungen? Eine kurze Antwort genügt, und wir kümmern uns darum.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Bitte bezahlen Sie den Rest innerhalb der nächsten sieben Tage, oder sagen Sie uns bis dahin, was der Zahlung im Wege steht; wir finden lieber gemeinsam mit Ihnen eine Lösung, als weitere Schritte einzuleiten.
           *[whole] Bitte bezahlen Sie die Rechnung innerhalb der nächsten sieben Tage, oder sagen Sie uns bis dahin, was der Zahlung im Wege steht; wir finden lieber gemeinsam mit Ihnen eine Lösung, als weitere Schritte einzuleiten.
        }
       *[other] Bitte bezahlen Sie die Rechnungen innerhalb der nächsten sieben Tage, oder sagen Sie uns bis dahin, was der Zahlung im Wege steht; wir finden lieber gemeinsam mit Ihnen eine Lösung, als weitere Schritte einzuleiten.
    }
    [firm] { $count ->
        [one] Bitte veranlassen Sie die Zahlung noch diese Woche, oder nennen Sie uns den Tag, an dem wir mit ihr rechnen können. Wenn Sie an der Rechnung etwas beanstanden, sagen Sie uns bitte, was es ist.
       *[other] Bitte veranlassen Sie die Zahlung noch diese Woche, oder nennen Sie uns den Tag, an dem wir mit ihr rechnen können. Wenn Sie an den Rechnungen etwas beanstanden, sagen Sie uns bitte, was es ist.
    }
    [ask] { $count ->
        [one] Können Sie uns sagen, wann wir mit der Zahlung rechnen können? Wenn an der Rechnung etwas unklar ist, antworten Sie bitte auf diese Mail, und wir klären es.
       *[other] Können Sie uns sagen, wann wir mit der Zahlung rechnen können? Wenn an den Rechnungen etwas unklar ist, antworten Sie bitte auf diese Mail, und wir klären es.
    }
   *[reminder] { $count ->
        [one] Wenn an der Rechnung etwas unklar ist, antworten Sie einfach auf diese Mail.
       *[other] Wenn an den Rechnungen etwas unklar ist, antworten Sie einfach auf diese Mail.
    }
}
invoice_overdue-what = { $part ->
    [rest] noch { $amount } offen aus Rechnung { $number }
   *[whole] Rechnung { $number } über { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Ihre Testphase endet am { $day }
       *[only] { letter-subscription } endet am { $day }
    }
   *[unknown] { $what ->
        [trial] Ihre Kündigung der Testphase
       *[only] Ihre Kündigung
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Sie haben Ihre Testphase gekündigt: Dürfen wir fragen, warum?
       *[only] { save_offer-ends }: Dürfen wir fragen, warum?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Ihre Kündigung der Testphase haben wir erhalten. Die Testphase endet am { $day } und geht nicht in ein bezahltes Abonnement über.
       *[unknown] Ihre Kündigung der Testphase haben wir erhalten. Die Testphase geht nicht in ein bezahltes Abonnement über.
    }
    [one] { $when ->
        [known] Ihre Kündigung haben wir erhalten: { letter-subscription } endet am { $day }.
       *[unknown] Ihre Kündigung haben wir erhalten: { letter-subscription } wird enden.
    }
   *[only] { $when ->
        [known] Ihre Kündigung haben wir erhalten: Ihr Abonnement endet am { $day }.
       *[unknown] Ihre Kündigung haben wir erhalten.
    }
}
save_offer-thanks = Danke, dass Sie seit { $month } bei uns sind.
save_offer-reason = { $reason ->
    [too_expensive] Sie haben uns gesagt, dass der Preis der Grund war
    [missing_features] Sie haben uns gesagt, dass Ihnen etwas gefehlt hat
    [switched_service] Sie haben uns gesagt, dass Sie einen anderen Dienst gefunden haben
    [unused] Sie haben uns gesagt, dass Sie es zu wenig genutzt haben
    [customer_service] Sie haben uns gesagt, dass unser Service nicht gut genug war
    [too_complex] Sie haben uns gesagt, dass es zu kompliziert war
   *[low_quality] Sie haben uns gesagt, dass die Qualität nicht gut genug war
}
save_offer-wrote = { $reason ->
    [too_expensive] Sie haben uns den Preis als Grund genannt und geschrieben
    [missing_features] Sie haben uns gesagt, dass Ihnen etwas gefehlt hat, und geschrieben
    [switched_service] Sie haben uns gesagt, dass Sie einen anderen Dienst gefunden haben, und geschrieben
    [unused] Sie haben uns gesagt, dass Sie es zu wenig genutzt haben, und geschrieben
    [customer_service] Sie haben uns gesagt, dass unser Service nicht gut genug war, und geschrieben
    [too_complex] Sie haben uns gesagt, dass es zu kompliziert war, und geschrieben
   *[low_quality] Sie haben uns gesagt, dass die Qualität nicht gut genug war, und geschrieben
}
save_offer-comment = { $reason ->
    [none] Sie haben geschrieben: { $comment } Danke für die offene Rückmeldung.
    [customer_service] Das tut uns leid. { save_offer-wrote }: { $comment } Danke für die offene Rückmeldung.
    [low_quality] Das tut uns leid. { save_offer-wrote }: { $comment } Danke für die offene Rückmeldung.
   *[other] { save_offer-wrote }: { $comment } Danke für die offene Rückmeldung.
}
save_offer-answer = { $reason ->
    [none] Verraten Sie uns, was den Ausschlag gegeben hat? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [too_expensive] { save_offer-reason }. Danke für das offene Wort.
    [missing_features] { save_offer-reason }. Welche Funktion war es? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [switched_service] { save_offer-reason }. Was macht er für Sie besser? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Das tut uns leid.
    [too_complex] { save_offer-reason }. An welcher Stelle kamen Sie nicht weiter? Eine kurze Antwort genügt und hilft uns, besser zu werden.
   *[low_quality] { save_offer-reason }. Das tut uns leid. Was ist schiefgelaufen? Eine kurze Antwort genügt und hilft uns, besser zu werden.
}
save_offer-answer-trial = Haben Sie gefunden, was Sie gesucht haben? Eine kurze Antwort genügt und hilft uns, besser zu werden.
save_offer-offer = { $reason ->
    [too_expensive] Wenn es Bedingungen gibt, zu denen es sich für Sie noch lohnen würde, antworten Sie auf diese Mail, und wir sehen, was wir tun können.
    [missing_features] Wenn Sie wissen möchten, wie wir dazu stehen, antworten Sie einfach auf diese Mail.
    [switched_service] Sollte er doch nicht zu Ihnen passen, sind Sie jederzeit wieder willkommen.
    [unused] { $pause ->
        [yes] Wenn Sie das Abonnement lieber eine Weile pausieren möchten, statt es zu beenden, antworten Sie einfach auf diese Mail.
       *[no] Wenn Sie darüber sprechen möchten, antworten Sie einfach auf diese Mail.
    }
    [customer_service] Wenn noch etwas offen ist, antworten Sie auf diese Mail, und wir kümmern uns darum, auch wenn Sie nicht bleiben.
    [too_complex] Wenn Sie es vorher gemeinsam mit uns durchgehen möchten, antworten Sie einfach auf diese Mail.
    [low_quality] Wenn noch etwas offen ist, antworten Sie auf diese Mail, und wir kümmern uns darum, auch wenn Sie nicht bleiben.
   *[other] { $pause ->
        [yes] Wenn Sie darüber sprechen oder das Abonnement eine Weile pausieren möchten, statt es zu beenden, antworten Sie einfach auf diese Mail.
       *[no] Wenn Sie darüber sprechen möchten, antworten Sie einfach auf diese Mail.
    }
}
save_offer-offer-trial = Wenn Ihnen mehr Zeit zum Testen helfen würde, antworten Sie einfach auf diese Mail.
save_offer-until = Bis zum { $day } ändert sich nichts.
save_offer-behind = Eines ist noch offen: Die letzte Zahlung ist bisher nicht erfolgt.
save_offer-open-one = Noch offen sind
save_offer-open-several = Diese Zahlungen sind noch offen:
save_offer-open-line = { $due ->
    [known] { $amount } aus der Rechnung { $number }, die am { $day } fällig war.
   *[unknown] { $amount } aus der Rechnung { $number }; die Zahlung ist fehlgeschlagen.
}
save_offer-open-link = Hier können Sie bezahlen:
save_offer-rest = { $rest ->
    [behind] Davon abgesehen müssen Sie nichts weiter tun.
    [silent] Wenn Ihre Entscheidung feststeht, müssen Sie nichts weiter tun.
   *[other] Ansonsten müssen Sie nichts weiter tun.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } endete am { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } endete am { $day }, weil die Zahlung nicht eingezogen werden konnte.
   *[other] { letter-subscription } endete am { $day }.
}
subscription_ended-owed = Aus der Rechnung { $number } sind noch { $amount } offen.
subscription_ended-thanks = Danke für Ihr Vertrauen seit { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Wenn es Bedingungen gibt, zu denen es sich für Sie wieder lohnen würde, antworten Sie auf diese Mail, und wir sehen, was wir tun können.
    [missing_features] Wenn Sie wissen möchten, wie wir dazu stehen, antworten Sie einfach auf diese Mail.
    [switched_service] Sollte er doch nicht zu Ihnen passen, sind Sie jederzeit wieder willkommen: Eine Antwort auf diese Mail genügt.
    [unused] Wenn Sie es eines Tages wieder brauchen, genügt eine Antwort auf diese Mail.
    [customer_service] Wenn noch etwas offen ist, antworten Sie auf diese Mail, und wir kümmern uns darum.
    [too_complex] Wenn Sie es mit unserer Hilfe noch einmal versuchen möchten, antworten Sie einfach auf diese Mail.
    [low_quality] Wenn noch etwas offen ist, antworten Sie auf diese Mail, und wir kümmern uns darum.
    [unpaid] Wenn Sie weitermachen möchten, antworten Sie einfach auf diese Mail.
    [owing] Durch die Zahlung wird das Abonnement nicht automatisch fortgesetzt. Wenn Sie es fortsetzen möchten, antworten Sie bitte auf diese Mail.
    [unknown] Wenn Sie das nicht erwartet haben oder zurückkommen möchten, antworten Sie einfach auf diese Mail.
    [asked] Wenn Sie eines Tages zurückkommen möchten, genügt eine Antwort auf diese Mail.
    [stays] Wenn wir etwas besser machen können, genügt eine kurze Antwort.
   *[none] Wenn wir etwas hätten besser machen können oder Sie eines Tages zurückkommen möchten, genügt eine kurze Antwort.
}


## trial_ending

trial_ending-subject = Ihre Testphase endet am { $day }
trial_ending-trial = { $named ->
    [yes] Ihre Testphase für „{ $plan }“
   *[no] Ihre Testphase
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } endet am { $day }. An diesem Tag ist die erste Zahlung von { $amount } fällig, und dafür ist noch keine Zahlungsmethode hinterlegt.
    [tax] { trial_ending-trial } endet am { $day }. An diesem Tag ist die erste Zahlung von { $amount } zuzüglich Steuern fällig, und dafür ist noch keine Zahlungsmethode hinterlegt.
   *[unknown] { trial_ending-trial } endet am { $day }. Danach ist Ihr Abonnement kostenpflichtig, und dafür ist noch keine Zahlungsmethode hinterlegt.
}
trial_ending-without = { $missing ->
    [cancel] Ohne Zahlungsmethode endet Ihr Abonnement mit der Testphase, und es wird nichts abgebucht.
   *[pause] Ohne Zahlungsmethode pausiert Ihr Abonnement ab dem Ende der Testphase, und es wird nichts abgebucht.
}
trial_ending-link = Wenn Sie nach der Testphase weitermachen möchten, können Sie hier eine hinterlegen:
trial_ending-no-link = Wenn Sie nach der Testphase weitermachen möchten, antworten Sie einfach auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie eine hinterlegen können. Bitte senden Sie keine Kartendaten per Mail.
trial_ending-stop = { $missing ->
    [create_invoice] Wenn Sie nicht weitermachen möchten, sagen Sie es uns bitte vorher: Eine kurze Antwort genügt.
   *[other] Wenn Sie nicht weitermachen möchten, müssen Sie nichts weiter tun.
}
