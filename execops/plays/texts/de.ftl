# Die Wörter der Mails an Kunden auf Deutsch. Wie eine solche Datei aussieht, steht in en.ftl.


## letter

letter-greeting = Guten Tag { $name },
letter-greeting-nameless = Guten Tag,
letter-closing =
    Vielen Dank und freundliche Grüße
    { $company }
letter-closing-nameless = Vielen Dank und freundliche Grüße
letter-paid-already = Falls Sie bereits bezahlt haben, betrachten Sie diese Mail bitte als erledigt.

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


## card_update

card_update-payments = { $count ->
    [one] Ihre Zahlung über { $amounts }
   *[other] Ihre Zahlungen über { $amounts }
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Bitte handeln Sie: { card_update-payments } konnte nicht eingezogen werden
       *[other] Bitte handeln Sie: { card_update-payments } konnten nicht eingezogen werden
    }
    [third] Bitte handeln Sie: Zahlung über { $amounts } weiterhin nicht möglich
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
    [rest] Ihre Restzahlung über { $amount } auf die Rechnung { $number }
   *[whole] Ihre Zahlung über { $amount } für die Rechnung { $number }
}
card_update-failed = { $how ->
    [trial] Ihre Testphase ist zu Ende, und die erste Zahlung für Ihr Abonnement, { $amount } für die Rechnung { $number }, ist fehlgeschlagen
    [expired] { card_update-collect } konnten wir nicht einziehen, da { letter-your-method } abgelaufen ist
    [uncollected] { card_update-collect } konnten wir nicht einziehen
    [repeated] { card_update-collect } konnten wir auch nach { $attempt } Versuchen nicht einziehen
    [returned] Ihre Bank hat unsere { letter-debit } über { $amount } für die Rechnung { $number } zurückgegeben
    [second] { card_update-collect } konnten wir auch im zweiten Versuch nicht einziehen
    [declined] Ihre Bank hat die Abbuchung von { $amount } von Ihrer { letter-card } für die Rechnung { $number } abgelehnt
   *[other] { card_update-collect } ist fehlgeschlagen
}
card_update-opening = { $then ->
    [ended] { card_update-failed }. Ihr Abonnement ist damit beendet. Der Betrag ist noch offen; mit der Zahlung beginnt das Abonnement nicht von neuem. Wenn Sie es fortsetzen möchten, antworten Sie bitte auf diese Mail.
    [last] { card_update-failed }. Weitere Versuche sind nicht vorgesehen.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Ihre Zahlungen über insgesamt { $amounts } sind fehlgeschlagen, da { letter-your-method } abgelaufen ist:
   *[no] Ihre Zahlungen über insgesamt { $amounts } sind fehlgeschlagen:
}
card_update-line = • { $amount } für die Rechnung { $number }

card_update-link = { $method ->
    [card] Hier können Sie in einer Minute bezahlen oder Ihre Karte aktualisieren:
   *[other] Hier können Sie in einer Minute bezahlen oder Ihre Zahlungsmethode ändern:
}
card_update-links = { $method ->
    [card] Hier können Sie sie in einer Minute bezahlen oder Ihre Karte aktualisieren:
   *[other] Hier können Sie sie in einer Minute bezahlen oder Ihre Zahlungsmethode ändern:
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
    [one] Ihre Zahlung über { $amounts } für die Rechnung { $numbers }
   *[other] Ihre Zahlungen über { $amounts } für die Rechnungen { $numbers }
}
card_update-note-payments = { $count ->
    [one] Ihre Zahlung über { $amounts } für die Rechnung { $numbers } ist
   *[other] Ihre Zahlungen über { $amounts } für die Rechnungen { $numbers } sind
}
card_update-note = { $why ->
    [expired] Ihnen möchte ich persönlich schreiben: { card_update-note-payments } fehlgeschlagen, da { letter-your-method } abgelaufen ist.
    [trial] Ihnen möchte ich persönlich schreiben: { card_update-note-payments } am Ende Ihrer Testphase fehlgeschlagen.
    [debit] Ihnen möchte ich persönlich schreiben: { card_update-note-payments } per { letter-debit } fehlgeschlagen.
   *[other] Ihnen möchte ich persönlich schreiben: { card_update-note-payments } fehlgeschlagen.
}
card_update-note-ask = Steht auf unserer Seite etwas im Weg, etwa ein Limit, eine Bestellnummer oder ein neuer Ansprechpartner für Rechnungen? Eine kurze Antwort genügt, und ich kümmere mich darum.
card_update-note-link = Hier finden Sie die Rechnung; dort können Sie auch auf anderem Weg bezahlen:
card_update-note-ignore = Falls die Zahlung schon unterwegs ist, betrachten Sie diese Mail bitte als erledigt.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] Ihre Zahlung über { $amount }
   *[other] Ihre Zahlungen über { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Erinnerung: Bitte bestätigen Sie { authenticate_payment-what }
   *[no] Bitte bestätigen Sie { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Ihre Bank wartet noch darauf, dass Sie die Zahlung über { $amount } für die Rechnung { $number } bestätigen. Vorher kann sie nicht ausgeführt werden.
   *[no] Ihre Bank bittet Sie, die Zahlung über { $amount } für die Rechnung { $number } zu bestätigen. Das ist eine übliche Sicherheitsprüfung; sobald Sie bestätigt haben, wird die Zahlung ausgeführt.
}
authenticate_payment-several = { $again ->
    [yes] Ihre Bank wartet noch darauf, dass Sie die Zahlungen über { $amount } bestätigen:
   *[no] Ihre Bank bittet Sie, die Zahlungen über { $amount } zu bestätigen:
}
authenticate_payment-line = • { $amount } für die Rechnung { $number }
authenticate_payment-several-why = { $again ->
    [yes] Vorher können sie nicht ausgeführt werden.
   *[no] Das ist eine übliche Sicherheitsprüfung; sobald Sie bestätigt haben, werden die Zahlungen ausgeführt.
}
authenticate_payment-link = Hier können Sie sie in einer Minute bestätigen:
authenticate_payment-links = Hier können Sie sie in einer Minute bestätigen:
authenticate_payment-no-link = Bitte antworten Sie auf diese Mail; wir senden Ihnen dann einen sicheren Link zur Bestätigung.
authenticate_payment-ignore = Falls Sie bereits bestätigt haben, betrachten Sie diese Mail bitte als erledigt.

authenticate_payment-verify-subject = Bitte bestätigen Sie Ihr Bankkonto für Ihre Zahlung über { $amount }
authenticate_payment-verify = Ihre Zahlung über { $amount } für die Rechnung { $number } wartet, bis Ihr Bankkonto bestätigt ist. Auf Ihrem Kontoauszug finden Sie dafür ein oder zwei kleine Gutschriften oder einen Code.
authenticate_payment-verify-link = Hier können Sie die Angaben eintragen:
authenticate_payment-verify-no-link = Wenn Sie Fragen dazu haben, antworten Sie bitte auf diese Mail.
authenticate_payment-verify-ignore = Falls Sie das Konto bereits bestätigt haben, betrachten Sie diese Mail bitte als erledigt.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Ihre { letter-card } ist abgelaufen
    [known] Ihre { letter-card } läuft Ende { $month } ab
   *[soon] Ihre { letter-card } läuft bald ab
}
card_expiring-opening = { $when ->
    [expired] Ihre { letter-card } ist Ende { $month } abgelaufen. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte eine neue, sobald Sie sie haben.
    [known] Ihre { letter-card } läuft Ende { $month } ab. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte eine neue, sobald Sie sie haben.
   *[soon] Ihre { letter-card } läuft bald ab. Damit Ihre Zahlungen ohne Unterbrechung weiterlaufen, hinterlegen Sie bitte eine neue, sobald Sie sie haben.
}
card_expiring-next = Ihre nächste Zahlung ist am { $day } fällig.
card_expiring-link = Hier können Sie die neue Karte in einer Minute hinterlegen:
card_expiring-no-link = Antworten Sie einfach auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie Ihre Karte aktualisieren können. Bitte senden Sie keine Kartendaten per Mail.
card_expiring-ignore = Falls Sie die Karte bereits aktualisiert haben, betrachten Sie diese Mail bitte als erledigt.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Rechnung { $number } über { $amount }
        [last] Letzte Erinnerung: Rechnung { $number } über { $amount }
        [firm] Überfällig: Rechnung { $number } über { $amount }, bitte jetzt bezahlen
        [ask] Überfällig: Rechnung { $number } über { $amount }
       *[reminder] Erinnerung: Rechnung { $number } über { $amount }
    }
   *[other] { $tone ->
        [note] { $count } Rechnungen über { $amount }
        [last] Letzte Erinnerung: { $count } Rechnungen über { $amount }
        [firm] Überfällig: { $count } Rechnungen über { $amount }, bitte jetzt bezahlen
        [ask] Überfällig: { $count } Rechnungen über { $amount }
       *[reminder] Erinnerung: { $count } Rechnungen über { $amount }
    }
}
invoice_overdue-note = Ihnen möchte ich persönlich schreiben.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Rechnung { $number } über { $amount } war am { $day } fällig, vor { $days } Tag, und wir haben Ihre Zahlung noch nicht erhalten.
           *[other] Rechnung { $number } über { $amount } war am { $day } fällig, vor { $days } Tagen, und wir haben Ihre Zahlung noch nicht erhalten.
        }
       *[today] Rechnung { $number } über { $amount } war am { $day } fällig, und wir haben Ihre Zahlung noch nicht erhalten.
    }
   *[unknown] Rechnung { $number } über { $amount } ist überfällig, und wir haben Ihre Zahlung noch nicht erhalten.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } war am { $day } fällig, vor { $days } Tag.
           *[other] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } war am { $day } fällig, vor { $days } Tagen.
        }
       *[today] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } war am { $day } fällig.
    }
   *[unknown] Ihre Zahlung von { $paid } auf die Rechnung { $number } ist eingegangen, vielen Dank. Der offene Rest von { $amount } ist überfällig.
}
invoice_overdue-slipped = Vielleicht ist sie einfach untergegangen.
invoice_overdue-several = Ihre Zahlung zu diesen überfälligen Rechnungen haben wir noch nicht erhalten:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, fällig am { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (nach Ihrer Zahlung von { $paid }), fällig am { $day }
   *[unknown] • { $number }: { $amount } (nach Ihrer Zahlung von { $paid })
}
invoice_overdue-ended = Ihr Abonnement ist beendet; diese Rechnung für die Zeit davor bleibt offen.
invoice_overdue-link = Hier können Sie sie ansehen und bezahlen:
invoice_overdue-links = Hier können Sie sie ansehen und bezahlen:
invoice_overdue-no-link = Bitte antworten Sie auf diese Mail, wenn Sie die Rechnung oder unsere Bankverbindung noch einmal brauchen.
invoice_overdue-close = { $tone ->
    [note] Hält auf unserer Seite etwas die Zahlung auf, etwa eine Bestellnummer, eine Freigabe oder ein neuer Ansprechpartner für Rechnungen? Eine kurze Antwort genügt, und ich kümmere mich darum.
    [last] { $count ->
        [one] Bitte bezahlen Sie sie innerhalb der nächsten sieben Tage, oder sagen Sie uns bis dahin, was dem entgegensteht; wir finden lieber mit Ihnen einen Weg, als die Sache abzugeben.
       *[other] Bitte bezahlen Sie sie innerhalb der nächsten sieben Tage, oder sagen Sie uns bis dahin, was dem entgegensteht; wir finden lieber mit Ihnen einen Weg, als die Sache abzugeben.
    }
    [firm] Bitte veranlassen Sie die Zahlung noch diese Woche, oder nennen Sie uns den Tag, an dem wir mit ihr rechnen können. Wenn Sie an der Rechnung etwas beanstanden, sagen Sie uns bitte, was es ist.
    [ask] Können Sie uns sagen, wann wir mit der Zahlung rechnen können? Wenn an der Rechnung etwas unklar ist, antworten Sie bitte auf diese Mail, und wir klären es.
   *[reminder] Wenn an der Rechnung etwas unklar ist, antworten Sie einfach auf diese Mail.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] Ihre Testphase endet am { $day }
       *[only] Ihr Abonnement endet am { $day }
    }
   *[unknown] { $kind ->
        [trial] Ihre Testphase wird enden
       *[only] Ihr Abonnement wird enden
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends }: Dürfen wir fragen, warum?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] Ihre Kündigung der Testphase haben wir gesehen. Sie endet am { $day } und geht nicht in ein bezahltes Abonnement über.
       *[unknown] Ihre Kündigung der Testphase haben wir gesehen. Sie geht nicht in ein bezahltes Abonnement über.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] Ihre Kündigung haben wir gesehen: Eines Ihrer Abonnements, { $plan }, endet am { $day }.
           *[no] Ihre Kündigung haben wir gesehen: Eines Ihrer Abonnements endet am { $day }.
        }
       *[unknown] { $named ->
            [yes] Ihre Kündigung eines Ihrer Abonnements, { $plan }, haben wir gesehen.
           *[no] Ihre Kündigung eines Ihrer Abonnements haben wir gesehen.
        }
    }
   *[only] { $when ->
        [known] Ihre Kündigung haben wir gesehen: Ihr Abonnement endet am { $day }.
       *[unknown] Ihre Kündigung haben wir gesehen.
    }
}
save_offer-thanks = Danke, dass Sie seit { $month } bei uns sind.
save_offer-reason = { $reason ->
    [too_expensive] Sie haben uns gesagt, dass der Preis der Grund ist
    [missing_features] Sie haben uns gesagt, dass Ihnen etwas fehlt
    [switched_service] Sie haben uns gesagt, dass Sie einen anderen Dienst gefunden haben
    [unused] Sie haben uns gesagt, dass Sie es zu wenig genutzt haben
    [customer_service] Sie haben uns gesagt, dass unser Service nicht gut genug war
    [too_complex] Sie haben uns gesagt, dass es zu kompliziert war
   *[low_quality] Sie haben uns gesagt, dass die Qualität nicht gut genug war
}
save_offer-wrote = { $reason ->
    [too_expensive] Sie haben uns den Preis als Grund genannt und geschrieben
    [missing_features] Sie haben uns gesagt, dass Ihnen etwas fehlt, und geschrieben
    [switched_service] Sie haben uns gesagt, dass Sie einen anderen Dienst gefunden haben, und geschrieben
    [unused] Sie haben uns gesagt, dass Sie es zu wenig genutzt haben, und geschrieben
    [customer_service] Sie haben uns gesagt, dass unser Service nicht gut genug war, und geschrieben
    [too_complex] Sie haben uns gesagt, dass es zu kompliziert war, und geschrieben
   *[low_quality] Sie haben uns gesagt, dass die Qualität nicht gut genug war, und geschrieben
}
save_offer-comment = { $reason ->
    [none] Sie haben geschrieben: { $comment } Danke, dass Sie es uns sagen.
    [customer_service] Das tut uns leid. { save_offer-wrote }: { $comment } Danke, dass Sie es uns sagen.
    [low_quality] Das tut uns leid. { save_offer-wrote }: { $comment } Danke, dass Sie es uns sagen.
   *[other] { save_offer-wrote }: { $comment } Danke, dass Sie es uns sagen.
}
save_offer-answer = { $reason ->
    [none] Verraten Sie uns, was den Ausschlag gegeben hat? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [too_expensive] { save_offer-reason }. Danke für das offene Wort.
    [missing_features] { save_offer-reason }. Welche Funktion war es? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [switched_service] { save_offer-reason }. Was macht er für Sie besser? Eine kurze Antwort genügt und hilft uns, besser zu werden.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Das tut uns leid.
    [too_complex] { save_offer-reason }. An welcher Stelle kamen Sie nicht weiter? Eine kurze Antwort genügt und hilft uns, besser zu werden.
   *[low_quality] { save_offer-reason }. Das tut uns leid. Was lief schief? Eine kurze Antwort genügt und hilft uns, besser zu werden.
}
save_offer-answer-trial = Konnte es, was Sie gesucht haben? Eine kurze Antwort genügt und hilft uns, besser zu werden.
save_offer-offer = { $reason ->
    [too_expensive] Wenn es Bedingungen gibt, zu denen es sich für Sie noch lohnen würde, antworten Sie auf diese Mail, und wir sehen, was wir tun können.
    [missing_features] Wenn Sie wissen möchten, ob es geplant ist, antworten Sie einfach auf diese Mail.
    [switched_service] Sollte er doch nicht zu Ihnen passen, sind Sie jederzeit wieder willkommen.
    [unused] { $pause ->
        [yes] Wenn Sie das Abonnement lieber eine Weile pausieren möchten, statt es zu beenden, antworten Sie einfach auf diese Mail.
       *[no] Wenn Sie darüber sprechen möchten, antworten Sie einfach auf diese Mail.
    }
    [customer_service] Wenn noch etwas zu lösen ist, antworten Sie auf diese Mail, und wir kümmern uns darum, ob Sie bleiben oder nicht.
    [too_complex] Wenn Sie es gemeinsam durchgehen möchten, bevor es endet, antworten Sie einfach auf diese Mail.
    [low_quality] Wenn noch etwas zu lösen ist, antworten Sie auf diese Mail, und wir kümmern uns darum, ob Sie bleiben oder nicht.
   *[other] { $pause ->
        [yes] Wenn Sie darüber sprechen oder das Abonnement eine Weile pausieren möchten, statt es zu beenden, antworten Sie einfach auf diese Mail.
       *[no] Wenn Sie darüber sprechen möchten, antworten Sie einfach auf diese Mail.
    }
}
save_offer-offer-trial = Wenn Ihnen mehr Zeit zum Testen helfen würde, antworten Sie einfach auf diese Mail.
save_offer-until = Bis zum { $day } kann alles so weiterlaufen wie bisher.
save_offer-behind = Eines ist noch offen: Die letzte Zahlung ist bisher nicht erfolgt.
save_offer-open-one = Eines ist noch offen:
save_offer-open-several = Diese Zahlungen sind noch offen:
save_offer-open-line = { $due ->
    [known] { $amount } der Rechnung { $number }, die am { $day } fällig war.
   *[unknown] { $amount } der Rechnung { $number }, deren Zahlung fehlgeschlagen ist.
}
save_offer-open-link = Hier können Sie bezahlen:
save_offer-rest = { $rest ->
    [behind] Davon abgesehen müssen Sie nichts weiter tun.
    [silent] Wenn Ihre Entscheidung feststeht, müssen Sie nichts weiter tun.
   *[other] Ansonsten müssen Sie nichts weiter tun.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } endete am { $day }
subscription_ended-what = { $kind ->
    [named] Ihr Abonnement { $plan }
    [one] Eines Ihrer Abonnements
   *[only] Ihr Abonnement
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } endete am { $day }, weil die Zahlung nicht eingezogen werden konnte.
   *[other] { subscription_ended-what } endete am { $day }.
}
subscription_ended-thanks = Danke, dass Sie seit { $month } bei uns waren.
subscription_ended-back = { $reason ->
    [too_expensive] Wenn es Bedingungen gibt, zu denen es sich für Sie wieder lohnen würde, antworten Sie auf diese Mail, und wir sehen, was wir tun können.
    [missing_features] Wenn Sie wissen möchten, ob es geplant ist, antworten Sie einfach auf diese Mail.
    [switched_service] Sollte er doch nicht zu Ihnen passen, sind Sie jederzeit wieder willkommen: Eine Antwort auf diese Mail genügt.
    [unused] Wenn Sie es eines Tages wieder brauchen, genügt eine Antwort auf diese Mail.
    [customer_service] Wenn noch etwas zu lösen ist, antworten Sie auf diese Mail, und wir kümmern uns darum.
    [too_complex] Wenn Sie es mit unserer Hilfe noch einmal versuchen möchten, antworten Sie einfach auf diese Mail.
    [low_quality] Wenn noch etwas zu lösen ist, antworten Sie auf diese Mail, und wir kümmern uns darum.
    [unpaid] Wenn Sie weitermachen möchten, antworten Sie einfach auf diese Mail.
    [unknown] Wenn Sie das nicht erwartet haben oder zurückkommen möchten, antworten Sie einfach auf diese Mail.
    [asked] Wenn Sie eines Tages zurückkommen möchten, genügt eine Antwort auf diese Mail.
    [stays] Wenn wir etwas besser machen können, genügt eine kurze Antwort.
   *[none] Wenn Sie aus einem Grund gegangen sind, den wir ändern könnten, oder eines Tages zurückkommen möchten, genügt eine kurze Antwort.
}


## trial_ending

trial_ending-subject = Ihre Testphase endet am { $day }
trial_ending-trial = { $named ->
    [yes] Ihre Testphase von { $plan }
   *[no] Ihre Testphase
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } endet am { $day }. An diesem Tag ist die erste Zahlung fällig, { $amount }, und dafür ist noch keine Zahlungsmethode hinterlegt.
    [tax] { trial_ending-trial } endet am { $day }. An diesem Tag ist die erste Zahlung fällig, { $amount } zuzüglich Steuern, und dafür ist noch keine Zahlungsmethode hinterlegt.
   *[unknown] { trial_ending-trial } endet am { $day }. Danach ist Ihr Abonnement kostenpflichtig, und dafür ist noch keine Zahlungsmethode hinterlegt.
}
trial_ending-without = { $missing ->
    [cancel] Ohne Zahlungsmethode endet Ihr Abonnement mit der Testphase, und es wird nichts abgebucht.
   *[pause] Ohne Zahlungsmethode pausiert Ihr Abonnement ab dem Ende der Testphase, und es wird nichts abgebucht.
}
trial_ending-link = Wenn Sie nach der Testphase weitermachen möchten, können Sie hier eine hinterlegen:
trial_ending-no-link = Wenn Sie nach der Testphase weitermachen möchten, antworten Sie einfach auf diese Mail; wir senden Ihnen dann einen sicheren Link, über den Sie eine hinterlegen können. Bitte senden Sie keine Kartendaten per Mail.
trial_ending-stop = { $missing ->
    [create_invoice] Wenn Sie lieber aufhören möchten, sagen Sie es uns bitte vor diesem Tag: Eine kurze Antwort genügt.
   *[other] Wenn Sie lieber aufhören möchten, müssen Sie nichts weiter tun.
}
