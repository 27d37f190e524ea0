# Le parole delle mail ai clienti, in italiano. La forma di un file come questo è spiegata in en.ftl.


## letter

letter-greeting = Buongiorno { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Buongiorno,
letter-closing =
    Grazie e cordiali saluti
    { $company }
letter-closing-nameless = Grazie e cordiali saluti
letter-paid-already = Se ha già pagato, ignori pure questa mail.

letter-page = { $number }: { $link }

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
letter-closing-signed =
    Grazie e cordiali saluti
    { $signer }
    { $company }
letter-closing-signed-only =
    Grazie e cordiali saluti
    { $signer }
letter-personal = Ci tenevo a scriverLe personalmente.
letter-quote = { $end ->
    [own] «{ $words }»
   *[none] «{ $words }».
}
letter-payment = { $method ->
    [amazon_pay] pagamento con Amazon Pay
    [cashapp] pagamento con Cash App Pay
    [link] pagamento con Link
    [paypal] pagamento con PayPal
    [revolut_pay] pagamento con Revolut Pay
   *[other] pagamento
}
letter-price = { $every ->
    [year] { $price } all’anno
   *[month] { $price } al mese
}
letter-subscription = { $kind ->
    [named] Il Suo abbonamento «{ $plan }»
    [priced] Il Suo abbonamento da { letter-price }
    [one] Uno dei Suoi abbonamenti
   *[only] Il Suo abbonamento
}
letter-staying = { $count ->
    [one] L’altro Suo abbonamento prosegue.
   *[other] Gli altri Suoi abbonamenti proseguono.
}


## card_update

card_update-payments = { $count ->
    [one] il Suo pagamento di { $amounts }
   *[other] i Suoi { $count } pagamenti, { $amounts } in tutto
}
card_update-subject = { $stage ->
    [last] Azione necessaria: non siamo riusciti a incassare { card_update-payments }
    [third] { $count ->
        [one] Azione necessaria: il pagamento di { $amounts } non è ancora andato a buon fine
       *[other] Azione necessaria: { $count } pagamenti non sono ancora andati a buon fine, { $amounts } in tutto
    }
    [second] { $count ->
        [one] Promemoria: { card_update-payments } non è andato a buon fine
       *[other] Promemoria: { card_update-payments }, non sono andati a buon fine
    }
   *[first] { $count ->
        [one] Il Suo pagamento di { $amounts } non è andato a buon fine
       *[other] I Suoi { $count } pagamenti, { $amounts } in tutto, non sono andati a buon fine
    }
}
card_update-collect = { $part ->
    [rest] il saldo di { $amount } della fattura { $number }
   *[whole] il Suo { letter-payment } di { $amount } per la fattura { $number }
}
card_update-failed = { $how ->
    [trial] Il Suo periodo di prova è terminato e il primo pagamento dell’abbonamento, { $amount } per la fattura { $number }, non è andato a buon fine
    [expired] Non siamo riusciti a incassare { card_update-collect }, perché { letter-has-expired }
    [uncollected] Non siamo riusciti a incassare { card_update-collect }
    [repeated] Dopo { $attempt } tentativi non siamo riusciti a incassare { card_update-collect }
    [returned] La Sua banca ha stornato il nostro { letter-debit } { card_update-amount } per la fattura { $number }
    [second] Neanche al secondo tentativo siamo riusciti a incassare { card_update-collect }
    [declined] La Sua banca ha rifiutato l’addebito { card_update-amount } sulla Sua { letter-card } per la fattura { $number }
   *[other] { $part ->
        [rest] Il pagamento del saldo di { $amount } della fattura { $number } non è andato a buon fine
       *[whole] Il Suo { letter-payment } di { $amount } per la fattura { $number } non è andato a buon fine
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }, e non sono previsti altri tentativi.
   *[open] { card_update-failed }.
}
card_update-bank = La Sua banca ha rifiutato l’addebito.
card_update-returned = { $why ->
    [closed] Secondo la banca, il conto è chiuso.
    [unknown] Secondo la banca, il conto non esiste.
    [blocked] Secondo la banca, al momento il conto non accetta addebiti.
    [limit] Secondo la banca, l’importo supera un limite del conto.
    [holder] Secondo la banca, il nome dell’intestatario del conto non corrisponde.
   *[mandate] Secondo la banca, l’addebito non è autorizzato.
}
card_update-hint = { $why ->
    [another] La preghiamo di usare un’altra carta, perché la banca probabilmente rifiuterà di nuovo questa.
    [details] I dati della carta potrebbero non essere corretti: La preghiamo di verificare il numero, la scadenza e il codice di sicurezza.
    [address] L’indirizzo di fatturazione registrato potrebbe non essere corretto: La preghiamo di verificare il codice postale.
    [ask] La Sua banca può indicarLe il motivo.
   *[stopped] Secondo la banca, i pagamenti a nostro favore sono stati bloccati.
}
card_update-stopped = Se lo ha richiesto Lei, risponda a questa mail e ci dica come desidera procedere.
card_update-on-file = { $method ->
    [card] La carta registrata è la Sua { letter-card }.
   *[other] Il conto registrato termina con { $ending }.
}
card_update-several = { $expired ->
    [yes] Questi pagamenti, { $amounts } in tutto, non sono andati a buon fine, perché { letter-has-expired }:
   *[no] Questi pagamenti, { $amounts } in tutto, non sono andati a buon fine:
}
card_update-line = • { $amount } per la fattura { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Può accedere qui per pagare o aggiornare la carta:
       *[other] Può accedere qui per pagare o cambiare il metodo di pagamento:
    }
   *[invoice] { $method ->
        [card] Qui può pagare la fattura o aggiornare la carta, in un minuto:
       *[other] Qui può pagare la fattura o cambiare il metodo di pagamento, in un minuto:
    }
}
card_update-links = { $method ->
    [card] Qui può pagare le fatture o aggiornare la carta, in un minuto:
   *[other] Qui può pagare le fatture o cambiare il metodo di pagamento, in un minuto:
}
card_update-no-link = { $method ->
    [card] Risponda a questa mail e Le invieremo un link sicuro per pagare la fattura o aggiornare la carta.
   *[other] Risponda a questa mail e Le invieremo un link sicuro per pagare la fattura o cambiare il metodo di pagamento.
}
card_update-retry = { $method ->
    [card] Altrimenti riproveremo l’addebito sulla Sua carta il { $day }.
   *[other] Altrimenti riproveremo con il Suo metodo di pagamento il { $day }.
}

card_update-note-subject = { $count ->
    [one] Il Suo pagamento di { $amounts } per la fattura { $numbers } non è andato a buon fine
   *[other] I Suoi pagamenti per le fatture { $numbers }, { $amounts } in tutto, non sono andati a buon fine
}
card_update-note-payments = { $count ->
    [one] Il Suo { letter-payment } di { $amounts } per la fattura { $numbers } non è andato a buon fine
   *[other] I Suoi pagamenti per le fatture { $numbers }, { $amounts } in tutto, non sono andati a buon fine
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, perché { letter-has-expired }.
    [trial] { card_update-note-payments } alla fine del periodo di prova.
    [debit] { $count ->
        [one] L’{ letter-method } di { $amounts } per la fattura { $numbers } non è andato a buon fine.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] Posso esserLe d’aiuto, ad esempio { card_update-note-such }? Basta una riga di risposta e me ne occupo io.
   *[company] Possiamo esserLe d’aiuto, ad esempio { card_update-note-such }? Basta una riga di risposta e ce ne occupiamo noi.
}
card_update-note-link = { $page ->
    [portal] Può accedere qui per vedere la fattura; può pagarla anche in un altro modo:
   *[invoice] Ecco la fattura; può pagarla anche in un altro modo:
}
card_update-note-ignore = { $count ->
    [one] Se il pagamento è già in corso, ignori pure questa mail.
   *[other] Se i pagamenti sono già in corso, ignori pure questa mail.
}
card_update-amount = { $part ->
    [rest] del saldo di { $amount }
   *[whole] di { $amount }
}
card_update-note-such = { $method ->
    [card] per un limite della carta, un numero d’ordine mancante o un nuovo referente per la fatturazione
   *[other] per un numero d’ordine mancante, un’approvazione o un nuovo referente per la fatturazione
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] il Suo pagamento di { $amount }
   *[other] i Suoi { $count } pagamenti, { $amount } in tutto
}
authenticate_payment-subject = { $again ->
    [yes] Promemoria: La preghiamo di confermare { authenticate_payment-what }
   *[no] La preghiamo di confermare { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] La Sua banca attende ancora che Lei confermi il pagamento di { $amount } per la fattura { $number }. Fino ad allora non può andare a buon fine.
   *[no] La Sua banca Le chiede di confermare il pagamento di { $amount } per la fattura { $number }. È un normale controllo di sicurezza; il pagamento potrà andare a buon fine dopo la Sua conferma.
}
authenticate_payment-several = { $again ->
    [yes] La Sua banca attende ancora che Lei confermi { $count } pagamenti, { $amount } in tutto:
   *[no] La Sua banca Le chiede di confermare { $count } pagamenti, { $amount } in tutto:
}
authenticate_payment-line = • { $amount } per la fattura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Fino ad allora non possono andare a buon fine.
   *[no] È un normale controllo di sicurezza; i pagamenti potranno andare a buon fine dopo la Sua conferma.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Può accedere qui per confermarlo:
       *[other] Può accedere qui per confermarli:
    }
   *[invoice] { $count ->
        [one] Può confermarlo qui, in un minuto:
       *[other] Può confermarli qui, in un minuto:
    }
}
authenticate_payment-links = Può confermarli qui, in un minuto:
authenticate_payment-no-link = { $count ->
    [one] Risponda a questa mail e Le invieremo un link sicuro per confermarlo.
   *[other] Risponda a questa mail e Le invieremo link sicuri per confermarli.
}
authenticate_payment-ignore = { $count ->
    [one] Se lo ha già confermato, ignori pure questa mail.
   *[other] Se li ha già confermati, ignori pure questa mail.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Resta da verificare il Suo conto bancario
   *[payment] Per il Suo pagamento di { $amount } resta da verificare il conto bancario
}
authenticate_payment-verify-what = { $what ->
    [invoice] Il Suo pagamento di { $amount } per la fattura { $number } potrà essere eseguito non appena il Suo conto bancario sarà verificato.
    [payment] Il Suo pagamento di { $amount } potrà essere eseguito non appena il Suo conto bancario sarà verificato.
   *[setup] Il Suo conto bancario potrà essere usato per i pagamenti non appena sarà verificato.
}
authenticate_payment-verify = { authenticate_payment-verify-what } A questo scopo trova sull’estratto conto uno o due piccoli accrediti, oppure un accredito con un codice.
authenticate_payment-verify-arrives = Arriveranno entro il { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] Può accedere qui per inserire gli importi o il codice:
   *[invoice] Può inserire gli importi o il codice qui:
}
authenticate_payment-verify-no-link = Per qualsiasi domanda, risponda a questa mail.
authenticate_payment-verify-ignore = Se ha già verificato il conto, ignori pure questa mail.


## card_expiring

card_expiring-subject = { $when ->
    [expired] La Sua { letter-card } è scaduta
    [known] La Sua { letter-card } scade a fine { $month }
   *[soon] La Sua { letter-card } scade a breve
}
card_expiring-opening = { $when ->
    [expired] La Sua { letter-card } è scaduta a fine { $month }. Perché i Suoi pagamenti continuino senza interruzioni, La preghiamo di registrare la nuova carta non appena la riceve.
    [known] La Sua { letter-card } scade a fine { $month }. Perché i Suoi pagamenti continuino senza interruzioni, La preghiamo di registrare la nuova carta non appena la riceve.
   *[soon] La Sua { letter-card } scade a breve. Perché i Suoi pagamenti continuino senza interruzioni, La preghiamo di registrare la nuova carta non appena la riceve.
}
card_expiring-next = { $next ->
    [first] Il Suo primo pagamento di { $amount } è previsto per il { $day }, alla fine del Suo periodo di prova.
    [known] Il Suo prossimo pagamento di { $amount } è previsto per il { $day }.
   *[unknown] Il Suo prossimo pagamento è previsto per il { $day }.
}
card_expiring-link = Può accedere qui per registrare la nuova carta:
card_expiring-no-link = Risponda a questa mail e Le invieremo un link sicuro per aggiornare la carta. La preghiamo di non inviare i dati della carta via e-mail.
card_expiring-ignore = Se l’ha già aggiornata, ignori pure questa mail.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] Saldo di { $amount } della fattura { $number }
           *[whole] Fattura { $number } di { $amount }
        }
        [last] Ultimo promemoria: { invoice_overdue-what }
        [firm] Pagamento scaduto: { invoice_overdue-what }
        [ask] Pagamento scaduto: { invoice_overdue-what }
       *[reminder] Promemoria: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } fatture, { $amount } in tutto
        [last] Ultimo promemoria: { $count } fatture, { $amount } in tutto
        [firm] Pagamento scaduto: { $count } fatture, { $amount } in tutto
        [ask] Pagamento scaduto: { $count } fatture, { $amount } in tutto
       *[reminder] Promemoria: { $count } fatture, { $amount } in tutto
    }
}
invoice_overdue-opening = { $due ->
    [known] La fattura { $number } di { $amount } scadeva il { $day }, e non abbiamo ancora ricevuto il Suo pagamento.
   *[unknown] La fattura { $number } di { $amount } è scaduta, e non abbiamo ancora ricevuto il Suo pagamento.
}
invoice_overdue-rest = { $due ->
    [known] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } scadeva il { $day }.
   *[unknown] Grazie per il pagamento di { $paid } della fattura { $number }. Il saldo di { $amount } è scaduto.
}
invoice_overdue-credited = Da questo importo è già stata detratta una nota di credito di { $credit }.
invoice_overdue-slipped = Forse è stata semplicemente una dimenticanza.
invoice_overdue-several = Queste fatture sono scadute, e questi importi sono ancora da pagare:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, scadenza { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (dopo il Suo pagamento di { $paid }), scadenza { $day }
   *[unknown] • { $number }: { $amount } (dopo il Suo pagamento di { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Il Suo abbonamento è terminato; questa fattura è ancora da pagare.
   *[other] Il Suo abbonamento è terminato; queste fatture sono ancora da pagare.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Può accedere qui per vedere la fattura e pagare il saldo:
           *[whole] Può accedere qui per vederla e pagarla:
        }
       *[other] Può accedere qui per vederle e pagarle:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Qui può vedere la fattura e pagare il saldo:
           *[whole] Può vederla e pagarla qui:
        }
       *[other] Può vederle e pagarle qui:
    }
}
invoice_overdue-links = Può vederle e pagarle qui:
invoice_overdue-no-link = Risponda a questa mail se Le servono di nuovo la fattura o le nostre coordinate bancarie.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] C’è qualcosa che ritarda il pagamento e in cui posso esserLe d’aiuto, ad esempio un numero d’ordine mancante, un’approvazione o un nuovo referente per la fatturazione? Basta una riga di risposta e me ne occupo io.
       *[company] C’è qualcosa che ritarda il pagamento e in cui possiamo esserLe d’aiuto, ad esempio un numero d’ordine mancante, un’approvazione o un nuovo referente per la fatturazione? Basta una riga di risposta e ce ne occupiamo noi.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] La preghiamo di pagare il saldo entro i prossimi sette giorni, o di dirci entro allora che cosa lo impedisce; preferiamo trovare una soluzione con Lei piuttosto che intraprendere altri passi.
           *[whole] La preghiamo di pagarla entro i prossimi sette giorni, o di dirci entro allora che cosa lo impedisce; preferiamo trovare una soluzione con Lei piuttosto che intraprendere altri passi.
        }
       *[other] La preghiamo di pagarle entro i prossimi sette giorni, o di dirci entro allora che cosa lo impedisce; preferiamo trovare una soluzione con Lei piuttosto che intraprendere altri passi.
    }
    [firm] { $count ->
        [one] La preghiamo di effettuare il pagamento questa settimana, o di indicarci la data in cui possiamo contarci. Se contesta qualcosa della fattura, ci dica che cosa.
       *[other] La preghiamo di effettuare il pagamento questa settimana, o di indicarci la data in cui possiamo contarci. Se contesta qualcosa delle fatture, ci dica che cosa.
    }
    [ask] { $count ->
        [one] Può dirci in quale data possiamo contare sul pagamento? Se qualcosa nella fattura non è chiaro, risponda a questa mail e lo chiariamo.
       *[other] Può dirci in quale data possiamo contare sul pagamento? Se qualcosa nelle fatture non è chiaro, risponda a questa mail e lo chiariamo.
    }
   *[reminder] { $count ->
        [one] Se qualcosa nella fattura non è chiaro, non esiti a rispondere a questa mail.
       *[other] Se qualcosa nelle fatture non è chiaro, non esiti a rispondere a questa mail.
    }
}
invoice_overdue-what = { $part ->
    [rest] saldo di { $amount } della fattura { $number }
   *[whole] fattura { $number } di { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Il Suo periodo di prova termina il { $day }
       *[only] { letter-subscription } termina il { $day }
    }
   *[unknown] { $what ->
        [trial] Il Suo periodo di prova sta per terminare
       *[only] { letter-subscription } sta per terminare
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Ha disdetto il periodo di prova: possiamo chiederLe perché?
       *[only] { save_offer-ends }: possiamo chiederLe perché?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Abbiamo visto che ha disdetto il periodo di prova. Termina il { $day } e non diventerà un abbonamento a pagamento.
       *[unknown] Abbiamo visto che ha disdetto il periodo di prova. Non diventerà un abbonamento a pagamento.
    }
    [one] { $when ->
        [known] Abbiamo ricevuto la Sua disdetta. { letter-subscription } termina il { $day }.
       *[unknown] Abbiamo ricevuto la Sua disdetta. { letter-subscription } sta per terminare.
    }
   *[only] { $when ->
        [known] Abbiamo visto che il Suo abbonamento termina il { $day }.
       *[unknown] Abbiamo visto che ha disdetto il Suo abbonamento.
    }
}
save_offer-thanks = Grazie per la fiducia che ci accorda da { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Ci ha detto che il motivo era il prezzo
    [missing_features] Ci ha detto che Le mancava qualcosa
    [switched_service] Ci ha detto di aver trovato un altro servizio
    [unused] Ci ha detto che non lo usava abbastanza
    [customer_service] Ci ha detto che la nostra assistenza non è stata all’altezza
    [too_complex] Ci ha detto che era troppo complicato
   *[low_quality] Ci ha detto che la qualità non è stata all’altezza
}
save_offer-comment = { $reason ->
    [none] Ci ha scritto: { $comment } Grazie per avercelo fatto sapere.
    [customer_service] Ci dispiace. { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo fatto sapere.
    [low_quality] Ci dispiace. { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo fatto sapere.
   *[other] { save_offer-reason } e ha scritto: { $comment } Grazie per avercelo fatto sapere.
}
save_offer-answer = { $reason ->
    [none] Può dirci che cosa L’ha portata a questa decisione? Basta una riga di risposta, e ci aiuta a migliorare.
    [too_expensive] { save_offer-reason }. Grazie per la franchezza.
    [missing_features] { save_offer-reason }. Quale funzione Le è mancata? Basta una riga di risposta, e ci aiuta a migliorare.
    [switched_service] { save_offer-reason }. Che cosa Le offre in più? Basta una riga di risposta, e ci aiuta a migliorare.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Ci dispiace.
    [too_complex] { save_offer-reason }. Dove ha trovato difficoltà? Basta una riga di risposta, e ci aiuta a migliorare.
   *[low_quality] { save_offer-reason }. Ci dispiace. Che cosa non ha funzionato? Basta una riga di risposta, e ci aiuta a migliorare.
}
save_offer-answer-trial = Ha trovato quello che cercava? Basta una riga di risposta, e ci aiuta a migliorare.
save_offer-offer = { $reason ->
    [too_expensive] Se ci sono condizioni alle quali per Lei ne varrebbe ancora la pena, risponda a questa mail e vedremo che cosa possiamo fare.
    [missing_features] Se vuole sapere a che punto siamo, risponda a questa mail.
    [switched_service] Se alla fine non dovesse fare per Lei, saremo lieti di riaverLa con noi.
    [unused] { $pause ->
        [yes] Se preferisce sospendere l’abbonamento per un po’ invece di chiuderlo, risponda a questa mail.
       *[no] Se vuole parlarne, risponda a questa mail.
    }
    [customer_service] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo, anche se non resta con noi.
    [too_complex] Se prima vuole che lo guardiamo insieme, risponda a questa mail.
    [low_quality] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo, anche se non resta con noi.
   *[other] { $pause ->
        [yes] Se vuole parlarne, o sospendere l’abbonamento per un po’ invece di chiuderlo, risponda a questa mail.
       *[no] Se vuole parlarne, risponda a questa mail.
    }
}
save_offer-offer-trial = Se desidera più tempo per provarlo, risponda a questa mail.
save_offer-until = Fino al { $day } non cambia nulla.
save_offer-behind = Resta una cosa in sospeso: l’ultimo pagamento non è ancora andato a buon fine.
save_offer-open-one = Restano da pagare
save_offer-open-several = Restano da saldare questi pagamenti:
save_offer-open-line = { $due ->
    [known] { $amount } della fattura { $number }, che scadeva il { $day }.
   *[unknown] { $amount } della fattura { $number }; il pagamento non è andato a buon fine.
}
save_offer-open-link = Può pagarla qui:
save_offer-rest = { $rest ->
    [behind] Per il resto, non deve fare nulla.
    [silent] Se la Sua decisione è presa, non deve fare altro.
   *[other] Per il resto, non deve fare nulla.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } è terminato il { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } è terminato il { $day }, perché non siamo riusciti a incassare il pagamento.
   *[other] { letter-subscription } è terminato il { $day }.
}
subscription_ended-owed = Della fattura { $number } restano da pagare { $amount }.
subscription_ended-thanks = Grazie per la fiducia che ci ha accordato da { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Se ci sono condizioni alle quali per Lei ne varrebbe di nuovo la pena, risponda a questa mail e vedremo che cosa possiamo fare.
    [missing_features] Se vuole sapere a che punto siamo, risponda a questa mail.
    [switched_service] Se alla fine non dovesse fare per Lei, saremo lieti di riaverLa con noi: basta rispondere a questa mail.
    [unused] Se un giorno Le servisse di nuovo, basta rispondere a questa mail.
    [customer_service] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo.
    [too_complex] Se vuole riprovare con il nostro aiuto, risponda a questa mail.
    [low_quality] Se c’è ancora qualcosa da risolvere, risponda a questa mail e ce ne occuperemo.
    [unpaid] Se desidera continuare, risponda a questa mail.
    [owing] Il pagamento non riattiva l’abbonamento; se desidera continuare, risponda a questa mail.
    [unknown] Se non se lo aspettava, o se vuole tornare, risponda a questa mail.
    [asked] Se un giorno vuole tornare, basta rispondere a questa mail.
    [stays] Se c’è qualcosa che possiamo migliorare, basta una riga di risposta.
   *[none] Se ci ha lasciati per qualcosa che possiamo sistemare, o se un giorno vuole tornare, basta una riga di risposta.
}


## trial_ending

trial_ending-subject = Il Suo periodo di prova termina il { $day }
trial_ending-trial = { $named ->
    [yes] Il Suo periodo di prova di «{ $plan }»
   *[no] Il Suo periodo di prova
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina il { $day }. Il primo pagamento, di { $amount }, è previsto per quel giorno, e non è ancora registrato alcun metodo di pagamento.
    [tax] { trial_ending-trial } termina il { $day }. Il primo pagamento, di { $amount } più imposte, è previsto per quel giorno, e non è ancora registrato alcun metodo di pagamento.
   *[unknown] { trial_ending-trial } termina il { $day }. In seguito l’abbonamento sarà a pagamento, e non è ancora registrato alcun metodo di pagamento.
}
trial_ending-without = { $missing ->
    [cancel] Senza un metodo di pagamento, l’abbonamento termina con la prova e non viene addebitato nulla.
   *[pause] Senza un metodo di pagamento, l’abbonamento viene sospeso alla fine della prova e non viene addebitato nulla.
}
trial_ending-link = Per continuare dopo la prova, può aggiungerne uno qui:
trial_ending-no-link = Per continuare dopo la prova, risponda a questa mail e Le invieremo un link sicuro per aggiungerne uno. La preghiamo di non inviare i dati della carta via e-mail.
trial_ending-stop = { $missing ->
    [create_invoice] Se preferisce non continuare, ce lo dica prima di quella data: basta una riga di risposta.
   *[other] Se preferisce non continuare, non deve fare nulla.
}
