# Le parole delle mail ai clienti, in italiano. La forma di un file come questo è spiegata in en.ftl.


## letter

letter-greeting = Buongiorno { $name },
letter-greeting-nameless = Buongiorno,
letter-closing =
    Grazie e cordiali saluti
    { $company }
letter-closing-nameless = Grazie e cordiali saluti
letter-paid-already = Se ha già pagato, non tenga conto di questa mail.

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] addebito bancario
    [ach_debit] addebito bancario
    [au_becs_debit] addebito bancario
    [bacs_debit] addebito bancario
    [nz_bank_account] addebito bancario
    [sepa_debit] addebito SEPA
    [us_bank_account] addebito bancario
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] bonifico bancario
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] metodo di pagamento
}
letter-card = { $named ->
    [none] carta
    [card] carta { $brand }
   *[brand] carta { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }che termina con { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }in { $wallet }
}
# Un addebito; ogni altro metodo è un pagamento. Entrambi sono maschili.
letter-debit = { $method ->
    [sepa_debit] addebito SEPA
    [acss_debit] addebito bancario
    [ach_debit] addebito bancario
    [au_becs_debit] addebito bancario
    [bacs_debit] addebito bancario
    [nz_bank_account] addebito bancario
    [us_bank_account] addebito bancario
   *[other] incasso
}
letter-has-expired = { $method ->
    [card] la Sua { letter-card } è scaduta
   *[other] il Suo metodo di pagamento è scaduto
}


## card_update

card_update-payments = { $count ->
    [one] il Suo pagamento di { $amounts }
   *[other] i Suoi pagamenti di { $amounts }
}
card_update-subject = { $stage ->
    [last] Azione necessaria: non siamo riusciti a incassare { card_update-payments }
    [third] Azione necessaria: il pagamento di { $amounts } continua a non andare a buon fine
    [second] { $count ->
        [one] Promemoria: { card_update-payments } non è andato a buon fine
       *[other] Promemoria: { card_update-payments } non sono andati a buon fine
    }
   *[first] { $count ->
        [one] Il Suo pagamento di { $amounts } non è andato a buon fine
       *[other] I Suoi pagamenti di { $amounts } non sono andati a buon fine
    }
}
card_update-collect = { $part ->
    [rest] il saldo di { $amount } della fattura { $number }
   *[whole] il Suo pagamento di { $amount } per la fattura { $number }
}
card_update-failed = { $how ->
    [trial] Il Suo periodo di prova è terminato e il primo pagamento dell’abbonamento, { $amount } per la fattura { $number }, non è andato a buon fine
    [expired] Non siamo riusciti a incassare { card_update-collect }, perché { letter-has-expired }
    [uncollected] Non siamo riusciti a incassare { card_update-collect }
    [repeated] Abbiamo provato { $attempt } volte a incassare { card_update-collect }, senza successo
    [returned] La Sua banca ha stornato il nostro { letter-debit } di { $amount } per la fattura { $number }
    [second] Anche un secondo tentativo di incassare { card_update-collect } non è andato a buon fine
    [declined] La Sua banca ha rifiutato l’addebito di { $amount } sulla Sua { letter-card } per la fattura { $number }
   *[other] { $part ->
        [rest] Il pagamento del saldo di { $amount } della fattura { $number } non è andato a buon fine
       *[whole] Il Suo pagamento di { $amount } per la fattura { $number } non è andato a buon fine
    }
}
card_update-opening = { $then ->
    [ended] { card_update-failed }, e il Suo abbonamento è terminato. L’importo è ancora dovuto; il pagamento non riattiva l’abbonamento. Se desidera continuare, risponda a questa mail.
    [last] { card_update-failed }, e non sono previsti altri tentativi.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Questi pagamenti, { $amounts } in tutto, non sono andati a buon fine, perché { letter-has-expired }:
   *[no] Questi pagamenti, { $amounts } in tutto, non sono andati a buon fine:
}
card_update-line = • { $amount } per la fattura { $number }

card_update-link = { $method ->
    [card] Qui può pagare o aggiornare la carta, in un minuto:
   *[other] Qui può pagare o cambiare il metodo di pagamento, in un minuto:
}
card_update-links = { $method ->
    [card] Qui può pagarli o aggiornare la carta, in un minuto:
   *[other] Qui può pagarli o cambiare il metodo di pagamento, in un minuto:
}
card_update-no-link = { $method ->
    [card] Risponda a questa mail e Le invieremo un link sicuro per pagare o aggiornare la carta.
   *[other] Risponda a questa mail e Le invieremo un link sicuro per pagare o cambiare il metodo di pagamento.
}
card_update-retry = { $method ->
    [card] Altrimenti riproveremo con la Sua carta il { $day }.
   *[other] Altrimenti riproveremo con il Suo metodo di pagamento il { $day }.
}

card_update-note-subject = { $count ->
    [one] Il Suo pagamento di { $amounts } per la fattura { $numbers }
   *[other] I Suoi pagamenti di { $amounts } per le fatture { $numbers }
}
card_update-note-payments = { $count ->
    [one] il Suo pagamento di { $amounts } per la fattura { $numbers } non è andato a buon fine
   *[other] i Suoi pagamenti di { $amounts } per le fatture { $numbers } non sono andati a buon fine
}
card_update-note = { $why ->
    [expired] Ci tenevo a scriverLe di persona: { card_update-note-payments }, perché { letter-has-expired }.
    [trial] Ci tenevo a scriverLe di persona: { card_update-note-payments } alla fine del periodo di prova.
    [debit] Ci tenevo a scriverLe di persona: { card_update-note-payments } tramite { letter-debit }.
   *[other] Ci tenevo a scriverLe di persona: { card_update-note-payments }.
}
card_update-note-ask = C’è qualcosa da parte nostra che lo impedisce, come un limite, un ordine d’acquisto o un nuovo referente per le fatture? Basta una riga di risposta e me ne occupo io.
card_update-note-link = Ecco la fattura; può pagarla anche in un altro modo:
card_update-note-ignore = Se il pagamento è già in corso, non tenga conto di questa mail.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] il Suo pagamento di { $amount }
   *[other] i Suoi pagamenti di { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Promemoria: confermi { authenticate_payment-what }
   *[no] Confermi { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] La Sua banca attende ancora che confermi il pagamento di { $amount } per la fattura { $number }. Fino ad allora non può andare a buon fine.
   *[no] La Sua banca Le chiede di confermare il pagamento di { $amount } per la fattura { $number }. È un normale controllo di sicurezza; il pagamento va a buon fine non appena lo conferma.
}
authenticate_payment-several = { $again ->
    [yes] La Sua banca attende ancora che confermi i pagamenti di { $amount }:
   *[no] La Sua banca Le chiede di confermare i pagamenti di { $amount }:
}
authenticate_payment-line = • { $amount } per la fattura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Fino ad allora non possono andare a buon fine.
   *[no] È un normale controllo di sicurezza; i pagamenti vanno a buon fine non appena li conferma.
}
authenticate_payment-link = Può confermarlo qui, in un minuto:
authenticate_payment-links = Può confermarli qui, in un minuto:
authenticate_payment-no-link = Risponda a questa mail e Le invieremo un link sicuro per confermarlo.
authenticate_payment-ignore = Se ha già confermato, non tenga conto di questa mail.

authenticate_payment-verify-subject = Verifichi il Suo conto bancario per il pagamento di { $amount }
authenticate_payment-verify = Il Suo pagamento di { $amount } per la fattura { $number } attende la verifica del Suo conto bancario. Sul Suo estratto conto trova per questo uno o due piccoli accrediti, oppure un codice.
authenticate_payment-verify-link = Può inserirli qui:
authenticate_payment-verify-no-link = Per qualsiasi domanda, risponda a questa mail.
authenticate_payment-verify-ignore = Se lo ha già verificato, non tenga conto di questa mail.


## card_expiring

card_expiring-subject = { $when ->
    [expired] La Sua { letter-card } è scaduta
    [known] La Sua { letter-card } scade a fine { $month }
   *[soon] La Sua { letter-card } scade a breve
}
card_expiring-opening = { $when ->
    [expired] La Sua { letter-card } è scaduta a fine { $month }. Perché i Suoi pagamenti continuino senza interruzioni, ci indichi quella nuova non appena la riceve.
    [known] La Sua { letter-card } scade a fine { $month }. Perché i Suoi pagamenti continuino senza interruzioni, ci indichi quella nuova non appena la riceve.
   *[soon] La Sua { letter-card } scade a breve. Perché i Suoi pagamenti continuino senza interruzioni, ci indichi quella nuova non appena la riceve.
}
card_expiring-next = Il Suo prossimo pagamento è previsto per il { $day }.
card_expiring-link = Può registrare la nuova carta qui, in un minuto:
card_expiring-no-link = Risponda a questa mail e Le invieremo un link sicuro per aggiornare la carta. La preghiamo di non inviare i dati della carta per mail.
card_expiring-ignore = Se l’ha già aggiornata, non tenga conto di questa mail.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Fattura { $number } di { $amount }
        [last] Ultimo promemoria: fattura { $number } di { $amount }
        [firm] Scaduta: fattura { $number } di { $amount }, La preghiamo di pagarla ora
        [ask] Scaduta: fattura { $number } di { $amount }
       *[reminder] Promemoria: fattura { $number } di { $amount }
    }
   *[other] { $tone ->
        [note] { $count } fatture per { $amount }
        [last] Ultimo promemoria: { $count } fatture per { $amount }
        [firm] Scadute: { $count } fatture per { $amount }, La preghiamo di pagarle ora
        [ask] Scadute: { $count } fatture per { $amount }
       *[reminder] Promemoria: { $count } fatture per { $amount }
    }
}
invoice_overdue-note = Ci tenevo a scriverLe di persona.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] La fattura { $number } di { $amount } scadeva il { $day }, { $days } giorno fa, e non abbiamo ancora ricevuto il Suo pagamento.
           *[other] La fattura { $number } di { $amount } scadeva il { $day }, { $days } giorni fa, e non abbiamo ancora ricevuto il Suo pagamento.
        }
       *[today] La fattura { $number } di { $amount } scadeva il { $day }, e non abbiamo ancora ricevuto il Suo pagamento.
    }
   *[unknown] La fattura { $number } di { $amount } è scaduta, e non abbiamo ancora ricevuto il Suo pagamento.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } scadeva il { $day }, { $days } giorno fa.
           *[other] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } scadeva il { $day }, { $days } giorni fa.
        }
       *[today] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } scadeva il { $day }.
    }
   *[unknown] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } è scaduto.
}
invoice_overdue-slipped = Forse è semplicemente sfuggita.
invoice_overdue-several = Queste fatture sono scadute, e non abbiamo ancora ricevuto il Suo pagamento:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, scadenza { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (dopo il Suo pagamento di { $paid }), scadenza { $day }
   *[unknown] • { $number }: { $amount } (dopo il Suo pagamento di { $paid })
}
invoice_overdue-ended = Il Suo abbonamento è terminato; questa fattura, relativa al periodo precedente, resta dovuta.
invoice_overdue-link = Può vederla e pagarla qui:
invoice_overdue-links = Può vederle e pagarle qui:
invoice_overdue-no-link = Risponda a questa mail se Le servono di nuovo la fattura o le nostre coordinate bancarie.
invoice_overdue-close = { $tone ->
    [note] C’è qualcosa da parte nostra che ritarda il pagamento, come un ordine d’acquisto, un’approvazione o un nuovo referente per le fatture? Basta una riga di risposta e me ne occupo io.
    [last] { $count ->
        [one] La preghiamo di pagarla entro i prossimi sette giorni, o di dirci entro allora che cosa lo impedisce; preferiamo trovare una soluzione con Lei piuttosto che affidare la pratica ad altri.
       *[other] La preghiamo di pagarle entro i prossimi sette giorni, o di dirci entro allora che cosa lo impedisce; preferiamo trovare una soluzione con Lei piuttosto che affidare la pratica ad altri.
    }
    [firm] La preghiamo di effettuare il pagamento questa settimana, o di indicarci la data in cui possiamo attenderlo. Se contesta qualcosa della fattura, ci dica che cosa.
    [ask] Può dirci quando possiamo attendere il pagamento? Se qualcosa della fattura non è chiaro, risponda a questa mail e lo chiariamo.
   *[reminder] Se qualcosa della fattura non è chiaro, risponda a questa mail.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] Il Suo periodo di prova termina il { $day }
       *[only] Il Suo abbonamento termina il { $day }
    }
   *[unknown] { $kind ->
        [trial] Il Suo periodo di prova sta per terminare
       *[only] Il Suo abbonamento sta per terminare
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends }: possiamo chiederLe perché?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] Abbiamo visto che ha disdetto il periodo di prova. Termina il { $day } e non diventerà un abbonamento a pagamento.
       *[unknown] Abbiamo visto che ha disdetto il periodo di prova. Non diventerà un abbonamento a pagamento.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] Abbiamo visto che uno dei Suoi abbonamenti, { $plan }, termina il { $day }.
           *[no] Abbiamo visto che uno dei Suoi abbonamenti termina il { $day }.
        }
       *[unknown] { $named ->
            [yes] Abbiamo visto che ha disdetto uno dei Suoi abbonamenti, { $plan }.
           *[no] Abbiamo visto che ha disdetto uno dei Suoi abbonamenti.
        }
    }
   *[only] { $when ->
        [known] Abbiamo visto che il Suo abbonamento termina il { $day }.
       *[unknown] Abbiamo visto che ha disdetto il Suo abbonamento.
    }
}
save_offer-thanks = Grazie della fiducia: è con noi da { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Ci ha detto che il motivo è il prezzo
    [missing_features] Ci ha detto che Le mancava qualcosa
    [switched_service] Ci ha detto di aver trovato un altro servizio
    [unused] Ci ha detto che non lo usava abbastanza
    [customer_service] Ci ha detto che la nostra assistenza non è stata all’altezza
    [too_complex] Ci ha detto che era troppo complicato
   *[low_quality] Ci ha detto che la qualità non è stata all’altezza
}
save_offer-comment = { $reason ->
    [none] Ci ha scritto: { $comment } Grazie per avercelo detto.
    [customer_service] Ci dispiace. { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo detto.
    [low_quality] Ci dispiace. { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo detto.
   *[other] { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo detto.
}
save_offer-answer = { $reason ->
    [none] Ci direbbe che cosa L’ha portata a decidere? Basta una riga di risposta, e ci aiuta a migliorare.
    [too_expensive] { save_offer-reason }. Grazie per la franchezza.
    [missing_features] { save_offer-reason }. Quale funzione era? Basta una riga di risposta, e ci aiuta a migliorare.
    [switched_service] { save_offer-reason }. Che cosa fa meglio per Lei? Basta una riga di risposta, e ci aiuta a migliorare.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Ci dispiace.
    [too_complex] { save_offer-reason }. Dove ha trovato difficoltà? Basta una riga di risposta, e ci aiuta a migliorare.
   *[low_quality] { save_offer-reason }. Ci dispiace. Che cosa non ha funzionato? Basta una riga di risposta, e ci aiuta a migliorare.
}
save_offer-answer-trial = Faceva quello che cercava? Basta una riga di risposta, e ci aiuta a migliorare.
save_offer-offer = { $reason ->
    [too_expensive] Se ci sono condizioni alle quali per Lei ne varrebbe ancora la pena, risponda a questa mail e vedremo che cosa possiamo fare.
    [missing_features] Se vuole sapere se è previsto, risponda a questa mail.
    [switched_service] Se alla fine non dovesse fare per Lei, saremo lieti di riaverLa con noi.
    [unused] { $pause ->
        [yes] Se preferisce sospendere l’abbonamento per un po’ invece di terminarlo, risponda a questa mail.
       *[no] Se vuole parlarne, risponda a questa mail.
    }
    [customer_service] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo, che resti o meno.
    [too_complex] Se vuole che lo guardiamo insieme prima che termini, risponda a questa mail.
    [low_quality] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo, che resti o meno.
   *[other] { $pause ->
        [yes] Se vuole parlarne, o sospendere l’abbonamento per un po’ invece di terminarlo, risponda a questa mail.
       *[no] Se vuole parlarne, risponda a questa mail.
    }
}
save_offer-offer-trial = Se Le servisse più tempo per provarlo, risponda a questa mail.
save_offer-until = Fino al { $day } tutto può continuare come ora.
save_offer-behind = Resta una cosa aperta: l’ultimo pagamento non è ancora andato a buon fine.
save_offer-open-one = Resta una cosa aperta:
save_offer-open-several = Restano alcuni pagamenti aperti:
save_offer-open-line = { $due ->
    [known] { $amount } della fattura { $number }, che scadeva il { $day }.
   *[unknown] { $amount } della fattura { $number }, il cui pagamento non è andato a buon fine.
}
save_offer-open-link = Può pagarla qui:
save_offer-rest = { $rest ->
    [behind] Per il resto, non deve fare altro.
    [silent] Se la Sua decisione è presa, non deve fare altro.
   *[other] Per il resto, non deve fare nulla.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } è terminato il { $day }
subscription_ended-what = { $kind ->
    [named] Il Suo abbonamento a { $plan }
    [one] Uno dei Suoi abbonamenti
   *[only] Il Suo abbonamento
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } è terminato il { $day }, perché non è stato possibile incassare il pagamento.
   *[other] { subscription_ended-what } è terminato il { $day }.
}
subscription_ended-thanks = Grazie della fiducia accordataci da { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Se ci sono condizioni alle quali per Lei ne varrebbe di nuovo la pena, risponda a questa mail e vedremo che cosa possiamo fare.
    [missing_features] Se vuole sapere se è previsto, risponda a questa mail.
    [switched_service] Se alla fine non dovesse fare per Lei, saremo lieti di riaverLa con noi: basta rispondere a questa mail.
    [unused] Se un giorno Le servisse di nuovo, basta rispondere a questa mail.
    [customer_service] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo.
    [too_complex] Se vuole riprovare con il nostro aiuto, risponda a questa mail.
    [low_quality] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo.
    [unpaid] Se desidera continuare, risponda a questa mail.
    [unknown] Se non se lo aspettava, o se vuole tornare, risponda a questa mail.
    [asked] Se un giorno vuole tornare, basta rispondere a questa mail.
    [stays] Se c’è qualcosa che possiamo migliorare, basta una riga di risposta.
   *[none] Se ci ha lasciati per qualcosa che possiamo sistemare, o se un giorno vuole tornare, basta una riga di risposta.
}


## trial_ending

trial_ending-subject = Il Suo periodo di prova termina il { $day }
trial_ending-trial = { $named ->
    [yes] Il Suo periodo di prova di { $plan }
   *[no] Il Suo periodo di prova
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina il { $day }. Il primo pagamento, { $amount }, è previsto per quel giorno, e non c’è ancora un metodo di pagamento.
    [tax] { trial_ending-trial } termina il { $day }. Il primo pagamento, { $amount } più imposte, è previsto per quel giorno, e non c’è ancora un metodo di pagamento.
   *[unknown] { trial_ending-trial } termina il { $day }. Dopo, l’abbonamento viene addebitato, e non c’è ancora un metodo di pagamento.
}
trial_ending-without = { $missing ->
    [cancel] Senza, l’abbonamento termina con la prova e non viene addebitato nulla.
   *[pause] Senza, l’abbonamento viene sospeso alla fine della prova e non viene addebitato nulla.
}
trial_ending-link = Per continuare dopo la prova, può aggiungerne uno qui:
trial_ending-no-link = Per continuare dopo la prova, risponda a questa mail e Le invieremo un link sicuro per aggiungerne uno. La preghiamo di non inviare i dati della carta per mail.
trial_ending-stop = { $missing ->
    [create_invoice] Se preferisce non continuare, ce lo dica prima di quel giorno: basta una riga di risposta.
   *[other] Se preferisce non continuare, non deve fare nulla.
}
