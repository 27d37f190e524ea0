# De woorden van mails aan klanten, in het Nederlands. De vorm van zo'n bestand staat uitgelegd in en.ftl.


## letter

letter-greeting = Beste { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Goedendag,
letter-closing =
    Met dank en vriendelijke groet,
    { $company }
letter-closing-nameless = Met dank en vriendelijke groet
letter-paid-already = Hebt u al betaald? Dan kunt u deze mail als niet verzonden beschouwen.

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] incasso
    [ach_debit] incasso
    [au_becs_debit] incasso
    [bacs_debit] incasso
    [nz_bank_account] incasso
    [sepa_debit] SEPA-incasso
    [us_bank_account] incasso
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] overboeking
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] betaalmethode
}
letter-card = { $named ->
    [none] kaart
    [card] { $brand }
   *[brand] { $brand }-kaart
}{ $ending ->
    [none] { "" }
   *[other] { " " }eindigend op { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }in { $wallet }
}
letter-debit = { $method ->
    [sepa_debit] SEPA-incasso
    [acss_debit] incasso
    [ach_debit] incasso
    [au_becs_debit] incasso
    [bacs_debit] incasso
    [nz_bank_account] incasso
    [us_bank_account] incasso
   *[other] afschrijving
}
letter-your-method = { $method ->
    [card] uw { letter-card }
   *[other] uw betaalmethode
}
letter-closing-signed =
    Met dank en vriendelijke groet,
    { $signer }
    { $company }
letter-closing-signed-only =
    Met dank en vriendelijke groet,
    { $signer }
letter-personal = Ik wilde u even persoonlijk schrijven.
letter-quote = { $end ->
    [own] ‘{ $words }’
   *[none] ‘{ $words }’.
}
letter-payment = { $method ->
    [amazon_pay] Amazon Pay-betaling
    [cashapp] Cash App Pay-betaling
    [link] Link-betaling
    [paypal] PayPal-betaling
    [revolut_pay] Revolut Pay-betaling
   *[other] betaling
}
letter-price = { $every ->
    [year] { $price } per jaar
   *[month] { $price } per maand
}
letter-subscription = { $kind ->
    [named] Uw abonnement ‘{ $plan }’
    [priced] Uw abonnement van { letter-price }
    [one] Een van uw abonnementen
   *[only] Uw abonnement
}
letter-staying = { $count ->
    [one] Uw andere abonnement loopt door.
   *[other] Uw andere abonnementen lopen door.
}


## card_update

card_update-payments = { $count ->
    [one] uw betaling van { $amounts }
   *[other] uw { $count } betalingen, samen { $amounts },
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Actie nodig: { card_update-payments } kon niet worden geïnd
       *[other] Actie nodig: { card_update-payments } konden niet worden geïnd
    }
    [third] { $count ->
        [one] Actie nodig: betaling van { $amounts } lukt nog steeds niet
       *[other] Actie nodig: { $count } betalingen, samen { $amounts }, lukken nog steeds niet
    }
    [second] { $count ->
        [one] Herinnering: { card_update-payments } is niet gelukt
       *[other] Herinnering: { card_update-payments } zijn niet gelukt
    }
   *[first] { $count ->
        [one] Uw betaling van { $amounts } is niet gelukt
       *[other] Uw { $count } betalingen, samen { $amounts }, zijn niet gelukt
    }
}
card_update-collect = { $part ->
    [rest] het resterende bedrag van { $amount } van factuur { $number }
   *[whole] uw { letter-payment } van { $amount } voor factuur { $number }
}
card_update-failed = { $how ->
    [trial] Uw proefperiode is afgelopen en de eerste betaling voor uw abonnement, { $amount } voor factuur { $number }, is niet gelukt
    [expired] We konden { card_update-collect } niet innen, omdat { letter-your-method } is verlopen
    [uncollected] We konden { card_update-collect } niet innen
    [repeated] We hebben nu { $attempt } keer geprobeerd { card_update-collect } te innen, zonder resultaat
    [returned] Uw bank heeft onze { letter-debit } { card_update-amount } voor factuur { $number } teruggeboekt
    [second] Ook bij een tweede poging konden we { card_update-collect } niet innen
    [declined] Uw bank heeft de afschrijving { card_update-amount } van uw { letter-card } voor factuur { $number } geweigerd
   *[other] { $part ->
        [rest] De betaling van het resterende bedrag van { $amount } van factuur { $number } is niet gelukt
       *[whole] Uw { letter-payment } van { $amount } voor factuur { $number } is niet gelukt
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }. Er volgt geen nieuwe poging.
   *[open] { card_update-failed }.
}
card_update-bank = Uw bank heeft de afschrijving geweigerd.
card_update-returned = { $why ->
    [closed] Volgens de bank is de rekening opgeheven.
    [unknown] Volgens de bank is de rekening niet bekend.
    [blocked] Volgens de bank zijn incasso’s van deze rekening op dit moment niet mogelijk.
    [limit] Volgens de bank ligt het bedrag boven een limiet van de rekening.
    [holder] Volgens de bank klopt de naam van de rekeninghouder niet.
   *[mandate] Volgens de bank is er geen machtiging voor de incasso.
}
card_update-hint = { $why ->
    [another] Gebruik een andere kaart, want de bank zal deze waarschijnlijk opnieuw weigeren.
    [details] Mogelijk kloppen de kaartgegevens niet: controleer het kaartnummer, de vervaldatum en de beveiligingscode.
    [address] Mogelijk klopt het geregistreerde factuuradres niet: controleer de postcode.
    [ask] Uw bank kan u de reden vertellen.
   *[stopped] Volgens de bank zijn de betalingen aan ons stopgezet.
}
card_update-stopped = Hebt u dat zelf gedaan? Laat ons dan in een antwoord op deze mail weten hoe u verder wilt.
card_update-on-file = { $method ->
    [card] De geregistreerde kaart is uw { letter-card }.
   *[other] De geregistreerde rekening eindigt op { $ending }.
}
card_update-several = { $expired ->
    [yes] Deze betalingen, samen { $amounts }, zijn niet gelukt, omdat { letter-your-method } is verlopen:
   *[no] Deze betalingen, samen { $amounts }, zijn niet gelukt:
}
card_update-line = • { $amount } voor factuur { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] U kunt hier inloggen om te betalen of uw kaart bij te werken:
       *[other] U kunt hier inloggen om te betalen of uw betaalmethode te wijzigen:
    }
   *[invoice] { $method ->
        [card] Hier kunt u betalen of uw kaart bijwerken (het kost maar een minuut):
       *[other] Hier kunt u betalen of uw betaalmethode wijzigen (het kost maar een minuut):
    }
}
card_update-links = { $method ->
    [card] Hier kunt u de facturen betalen of uw kaart bijwerken (het kost maar een minuut):
   *[other] Hier kunt u de facturen betalen of uw betaalmethode wijzigen (het kost maar een minuut):
}
card_update-no-link = { $method ->
    [card] Beantwoord deze mail en we sturen u een beveiligde link om te betalen of uw kaart bij te werken.
   *[other] Beantwoord deze mail en we sturen u een beveiligde link om te betalen of uw betaalmethode te wijzigen.
}
card_update-retry = { $method ->
    [card] Anders proberen we het op { $day } opnieuw met uw kaart.
   *[other] Anders proberen we het op { $day } opnieuw met uw betaalmethode.
}

card_update-note-subject = { $count ->
    [one] Uw betaling van { $amounts } voor factuur { $numbers } is niet gelukt
   *[other] Uw betalingen voor de facturen { $numbers }, samen { $amounts }, zijn niet gelukt
}
card_update-note-payments = { $count ->
    [one] Uw { letter-payment } van { $amounts } voor factuur { $numbers } is
   *[other] Uw betalingen voor de facturen { $numbers }, samen { $amounts }, zijn
}
card_update-note = { $why ->
    [expired] { card_update-note-payments } niet gelukt, omdat { letter-your-method } is verlopen.
    [trial] { card_update-note-payments } aan het einde van uw proefperiode niet gelukt.
    [debit] { $count ->
        [one] De { letter-debit } van { $amounts } voor factuur { $numbers } is niet gelukt.
       *[other] { card_update-note-payments } niet gelukt.
    }
   *[other] { card_update-note-payments } niet gelukt.
}
card_update-note-ask = { $by ->
    [person] Kan ik ergens mee helpen, bijvoorbeeld { card_update-note-such }? Een kort antwoord is genoeg, dan regel ik het.
   *[company] Kunnen we ergens mee helpen, bijvoorbeeld { card_update-note-such }? Een kort antwoord is genoeg, dan regelen we het.
}
card_update-note-link = { $page ->
    [portal] U kunt hier inloggen om de factuur te bekijken; u kunt ook op een andere manier betalen:
   *[invoice] Hier vindt u de factuur; u kunt daar ook op een andere manier betalen:
}
card_update-note-ignore = { $count ->
    [one] Is de betaling al onderweg? Dan kunt u deze mail als niet verzonden beschouwen.
   *[other] Zijn de betalingen al onderweg? Dan kunt u deze mail als niet verzonden beschouwen.
}
card_update-amount = { $part ->
    [rest] van het resterende bedrag van { $amount }
   *[whole] van { $amount }
}
card_update-note-such = { $method ->
    [card] met een kaartlimiet, een ontbrekend inkoopnummer of een nieuwe contactpersoon voor facturen
   *[other] met een ontbrekend inkoopnummer, een goedkeuring of een nieuwe contactpersoon voor facturen
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] uw betaling van { $amount }
   *[other] uw { $count } betalingen, samen { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Herinnering: bevestig { authenticate_payment-what }
   *[no] Bevestig { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Uw bank wacht nog tot u de betaling van { $amount } voor factuur { $number } bevestigt. Tot die tijd kan de betaling niet doorgaan.
   *[no] Uw bank vraagt u de betaling van { $amount } voor factuur { $number } te bevestigen. Dat is een gebruikelijke veiligheidscontrole; na uw bevestiging kan de betaling doorgaan.
}
authenticate_payment-several = { $again ->
    [yes] Uw bank wacht nog tot u { $count } betalingen, samen { $amount }, bevestigt:
   *[no] Uw bank vraagt u { $count } betalingen, samen { $amount }, te bevestigen:
}
authenticate_payment-line = • { $amount } voor factuur { $number }
authenticate_payment-several-why = { $again ->
    [yes] Tot die tijd kunnen ze niet doorgaan.
   *[no] Dat is een gebruikelijke veiligheidscontrole; na uw bevestiging kunnen de betalingen doorgaan.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] U kunt hier inloggen om de betaling te bevestigen:
       *[other] U kunt hier inloggen om de betalingen te bevestigen:
    }
   *[invoice] { $count ->
        [one] Hier kunt u de betaling bevestigen (het kost maar een minuut):
       *[other] Hier kunt u de betalingen bevestigen (het kost maar een minuut):
    }
}
authenticate_payment-links = Hier kunt u de betalingen bevestigen (het kost maar een minuut):
authenticate_payment-no-link = { $count ->
    [one] Beantwoord deze mail en we sturen u een beveiligde link om de betaling te bevestigen.
   *[other] Beantwoord deze mail en we sturen u beveiligde links om de betalingen te bevestigen.
}
authenticate_payment-ignore = { $count ->
    [one] Hebt u de betaling al bevestigd? Dan kunt u deze mail als niet verzonden beschouwen.
   *[other] Hebt u de betalingen al bevestigd? Dan kunt u deze mail als niet verzonden beschouwen.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Uw bankrekening moet nog worden geverifieerd
   *[payment] Voor uw betaling van { $amount } moet uw bankrekening nog worden geverifieerd
}
authenticate_payment-verify-what = { $what ->
    [invoice] Uw betaling van { $amount } voor factuur { $number } kan doorgaan zodra uw bankrekening is geverifieerd.
    [payment] Uw betaling van { $amount } kan doorgaan zodra uw bankrekening is geverifieerd.
   *[setup] Uw bankrekening kan voor uw betalingen worden gebruikt zodra deze is geverifieerd.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Op uw afschrift vindt u daarvoor een of twee kleine bijschrijvingen, of een bijschrijving met een code.
authenticate_payment-verify-arrives = Die komen uiterlijk { $day } binnen.
authenticate_payment-verify-link = { $page ->
    [portal] U kunt hier inloggen om de bedragen of de code in te vullen:
   *[invoice] Hier kunt u de bedragen of de code invullen:
}
authenticate_payment-verify-no-link = Hebt u hier een vraag over? Beantwoord dan deze mail.
authenticate_payment-verify-ignore = Hebt u de rekening al geverifieerd? Dan kunt u deze mail als niet verzonden beschouwen.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Uw { letter-card } is verlopen
    [known] Uw { letter-card } verloopt eind { $month }
   *[soon] Uw { letter-card } verloopt binnenkort
}
card_expiring-opening = { $when ->
    [expired] Uw { letter-card } is eind { $month } verlopen. Voeg uw nieuwe kaart toe zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
    [known] Uw { letter-card } verloopt eind { $month }. Voeg uw nieuwe kaart toe zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
   *[soon] Uw { letter-card } verloopt binnenkort. Voeg uw nieuwe kaart toe zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
}
card_expiring-next = { $next ->
    [first] Uw eerste betaling van { $amount } vindt plaats op { $day }, aan het einde van uw proefperiode.
    [known] Uw volgende betaling van { $amount } vindt plaats op { $day }.
   *[unknown] Uw volgende betaling vindt plaats op { $day }.
}
card_expiring-link = U kunt hier inloggen om de nieuwe kaart toe te voegen:
card_expiring-no-link = Beantwoord deze mail en we sturen u een beveiligde link om uw kaart bij te werken. Stuur geen kaartgegevens per mail.
card_expiring-ignore = Hebt u de kaart al bijgewerkt? Dan kunt u deze mail als niet verzonden beschouwen.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] Nog { $amount } open op factuur { $number }
           *[whole] Factuur { $number } van { $amount }
        }
        [last] Laatste herinnering: { invoice_overdue-what }
        [firm] Betaaltermijn verstreken: { invoice_overdue-what }
        [ask] Betaaltermijn verstreken: { invoice_overdue-what }
       *[reminder] Herinnering: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } facturen, samen { $amount }
        [last] Laatste herinnering: { $count } facturen, samen { $amount }
        [firm] Betaaltermijn verstreken: { $count } facturen, samen { $amount }
        [ask] Betaaltermijn verstreken: { $count } facturen, samen { $amount }
       *[reminder] Herinnering: { $count } facturen, samen { $amount }
    }
}
invoice_overdue-opening = { $due ->
    [known] Factuur { $number } van { $amount } had op { $day } betaald moeten zijn, en we hebben uw betaling nog niet ontvangen.
   *[unknown] De betaaltermijn van factuur { $number } van { $amount } is verstreken, en we hebben uw betaling nog niet ontvangen.
}
invoice_overdue-rest = { $due ->
    [known] Dank voor uw betaling van { $paid } op factuur { $number }. Het resterende bedrag van { $amount } had op { $day } betaald moeten zijn.
   *[unknown] Dank voor uw betaling van { $paid } op factuur { $number }. De betaaltermijn van het resterende bedrag van { $amount } is verstreken.
}
invoice_overdue-credited = Een creditnota van { $credit } is al van dit bedrag afgetrokken.
invoice_overdue-slipped = Misschien is dit gewoon aan uw aandacht ontsnapt.
invoice_overdue-several = De betaaltermijn van deze facturen is verstreken; deze bedragen staan nog open:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, te betalen uiterlijk { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (na uw betaling van { $paid }), te betalen uiterlijk { $day }
   *[unknown] • { $number }: { $amount } (na uw betaling van { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Uw abonnement is beëindigd; deze factuur staat nog open.
   *[other] Uw abonnement is beëindigd; deze facturen staan nog open.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] U kunt hier inloggen om de factuur te bekijken en de rest te betalen:
           *[whole] U kunt hier inloggen om de factuur te bekijken en te betalen:
        }
       *[other] U kunt hier inloggen om de facturen te bekijken en te betalen:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Hier kunt u de factuur bekijken en de rest betalen:
           *[whole] Hier kunt u de factuur bekijken en betalen:
        }
       *[other] Hier kunt u de facturen bekijken en betalen:
    }
}
invoice_overdue-links = Hier kunt u de facturen bekijken en betalen:
invoice_overdue-no-link = Beantwoord deze mail als u de factuur of onze bankgegevens nog eens nodig hebt.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Is er iets wat de betaling ophoudt en waarmee ik kan helpen, zoals een ontbrekend inkoopnummer, een goedkeuring of een nieuwe contactpersoon voor facturen? Een kort antwoord is genoeg, dan regel ik het.
       *[company] Is er iets wat de betaling ophoudt en waarmee we kunnen helpen, zoals een ontbrekend inkoopnummer, een goedkeuring of een nieuwe contactpersoon voor facturen? Een kort antwoord is genoeg, dan regelen we het.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Wilt u de rest binnen zeven dagen betalen, of ons voor die tijd laten weten wat de betaling in de weg staat? We vinden liever samen met u een oplossing dan dat we verdere stappen zetten.
           *[whole] Wilt u de factuur binnen zeven dagen betalen, of ons voor die tijd laten weten wat de betaling in de weg staat? We vinden liever samen met u een oplossing dan dat we verdere stappen zetten.
        }
       *[other] Wilt u de facturen binnen zeven dagen betalen, of ons voor die tijd laten weten wat de betaling in de weg staat? We vinden liever samen met u een oplossing dan dat we verdere stappen zetten.
    }
    [firm] { $count ->
        [one] Wilt u de betaling deze week regelen, of ons laten weten op welke datum we erop kunnen rekenen? Bent u het ergens op de factuur niet mee eens, laat ons dan weten waarmee.
       *[other] Wilt u de betaling deze week regelen, of ons laten weten op welke datum we erop kunnen rekenen? Bent u het ergens op de facturen niet mee eens, laat ons dan weten waarmee.
    }
    [ask] { $count ->
        [one] Kunt u ons laten weten wanneer we op de betaling kunnen rekenen? Is iets op de factuur niet duidelijk, beantwoord dan deze mail, dan zoeken we het uit.
       *[other] Kunt u ons laten weten wanneer we op de betaling kunnen rekenen? Is iets op de facturen niet duidelijk, beantwoord dan deze mail, dan zoeken we het uit.
    }
   *[reminder] { $count ->
        [one] Is iets op de factuur niet duidelijk, beantwoord dan deze mail.
       *[other] Is iets op de facturen niet duidelijk, beantwoord dan deze mail.
    }
}
invoice_overdue-what = { $part ->
    [rest] nog { $amount } open op factuur { $number }
   *[whole] factuur { $number } van { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Uw proefperiode eindigt op { $day }
       *[only] { letter-subscription } eindigt op { $day }
    }
   *[unknown] { $what ->
        [trial] Uw proefperiode loopt af
       *[only] { letter-subscription } loopt af
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] U hebt uw proefperiode opgezegd: mogen we vragen waarom?
       *[only] { save_offer-ends }: mogen we vragen waarom?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] We hebben uw opzegging van de proefperiode ontvangen. De proefperiode eindigt op { $day } en gaat niet over in een betaald abonnement.
       *[unknown] We hebben uw opzegging van de proefperiode ontvangen. De proefperiode gaat niet over in een betaald abonnement.
    }
    [one] { $when ->
        [known] We hebben uw opzegging ontvangen. { letter-subscription } eindigt op { $day }.
       *[unknown] We hebben uw opzegging ontvangen. { letter-subscription } loopt af.
    }
   *[only] { $when ->
        [known] We hebben uw opzegging ontvangen. Uw abonnement eindigt op { $day }.
       *[unknown] We hebben uw opzegging ontvangen.
    }
}
save_offer-thanks = Dank dat u sinds { $month } klant bij ons bent.
save_offer-reason = { $reason ->
    [too_expensive] U liet ons weten dat de prijs de reden was
    [missing_features] U liet ons weten dat u iets miste
    [switched_service] U liet ons weten dat u een andere dienst had gevonden
    [unused] U liet ons weten dat u het te weinig gebruikte
    [customer_service] U liet ons weten dat onze klantenservice tekortschoot
    [too_complex] U liet ons weten dat het te ingewikkeld was
   *[low_quality] U liet ons weten dat de kwaliteit tekortschoot
}
save_offer-comment = { $reason ->
    [none] U schreef: { $comment } Dank dat u ons dit hebt laten weten.
    [customer_service] Dat spijt ons. { save_offer-reason }, en schreef: { $comment } Dank dat u ons dit hebt laten weten.
    [low_quality] Dat spijt ons. { save_offer-reason }, en schreef: { $comment } Dank dat u ons dit hebt laten weten.
   *[other] { save_offer-reason }, en schreef: { $comment } Dank dat u ons dit hebt laten weten.
}
save_offer-answer = { $reason ->
    [none] Wilt u ons vertellen wat de doorslag gaf? Een kort antwoord is genoeg en helpt ons verder.
    [too_expensive] { save_offer-reason }. Dank voor uw openheid.
    [missing_features] { save_offer-reason }. Welke functie hebt u gemist? Een kort antwoord is genoeg en helpt ons verder.
    [switched_service] { save_offer-reason }. Wat doet die dienst beter voor u? Een kort antwoord is genoeg en helpt ons verder.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Dat spijt ons.
    [too_complex] { save_offer-reason }. Waar liep u vast? Een kort antwoord is genoeg en helpt ons verder.
   *[low_quality] { save_offer-reason }. Dat spijt ons. Wat ging er mis? Een kort antwoord is genoeg en helpt ons verder.
}
save_offer-answer-trial = Hebt u gevonden wat u zocht? Een kort antwoord is genoeg en helpt ons verder.
save_offer-offer = { $reason ->
    [too_expensive] Zijn er voorwaarden waaronder het voor u nog de moeite waard is, beantwoord dan deze mail, dan kijken we wat we kunnen doen.
    [missing_features] Wilt u weten hoe wij hiernaar kijken, beantwoord dan deze mail.
    [switched_service] Mocht de andere dienst toch niet bevallen, dan bent u altijd weer welkom.
    [unused] { $pause ->
        [yes] Wilt u het abonnement liever een tijdje pauzeren dan beëindigen, beantwoord dan deze mail.
       *[no] Wilt u het bespreken, beantwoord dan deze mail.
    }
    [customer_service] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op, ook als u niet blijft.
    [too_complex] Wilt u er voor die tijd samen met ons doorheen lopen, beantwoord dan deze mail.
    [low_quality] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op, ook als u niet blijft.
   *[other] { $pause ->
        [yes] Wilt u het bespreken, of het abonnement liever een tijdje pauzeren dan beëindigen, beantwoord dan deze mail.
       *[no] Wilt u het bespreken, beantwoord dan deze mail.
    }
}
save_offer-offer-trial = Wilt u meer tijd om het te proberen, beantwoord dan deze mail.
save_offer-until = Tot { $day } verandert er niets.
save_offer-behind = Er staat nog iets open: de laatste betaling is nog niet gelukt.
save_offer-open-one = Nog te betalen:
save_offer-open-several = Deze betalingen staan nog open:
save_offer-open-line = { $due ->
    [known] { $amount } van factuur { $number }, te betalen uiterlijk { $day }.
   *[unknown] { $amount } van factuur { $number }; de betaling is niet gelukt.
}
save_offer-open-link = Hier kunt u betalen:
save_offer-rest = { $rest ->
    [behind] Verder hoeft u niets te doen.
    [silent] Staat uw besluit vast, dan hoeft u verder niets te doen.
   *[other] Verder hoeft u niets te doen.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } is op { $day } geëindigd
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } is op { $day } geëindigd, omdat we de betaling niet konden innen.
   *[other] { letter-subscription } is op { $day } geëindigd.
}
subscription_ended-owed = Van factuur { $number } staat nog { $amount } open.
subscription_ended-thanks = Dank voor uw vertrouwen sinds { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Zijn er voorwaarden waaronder het voor u weer de moeite waard is, beantwoord dan deze mail, dan kijken we wat we kunnen doen.
    [missing_features] Wilt u weten hoe wij hiernaar kijken, beantwoord dan deze mail.
    [switched_service] Mocht de andere dienst toch niet bevallen, dan bent u altijd weer welkom: een antwoord op deze mail is genoeg.
    [unused] Hebt u het ooit weer nodig, dan is een antwoord op deze mail genoeg.
    [customer_service] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op.
    [too_complex] Wilt u het met onze hulp nog eens proberen, beantwoord dan deze mail.
    [low_quality] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op.
    [unpaid] Wilt u doorgaan, beantwoord dan deze mail.
    [owing] Door te betalen wordt het abonnement niet hervat; wilt u doorgaan, beantwoord dan deze mail.
    [unknown] Had u dit niet verwacht, of wilt u terugkomen, beantwoord dan deze mail.
    [asked] Wilt u ooit terugkomen, dan is een antwoord op deze mail genoeg.
    [stays] Is er iets wat we kunnen verbeteren, dan is een kort antwoord genoeg.
   *[none] Hadden we iets beter kunnen doen, of wilt u ooit terugkomen, dan is een kort antwoord genoeg.
}


## trial_ending

trial_ending-subject = Uw proefperiode eindigt op { $day }
trial_ending-trial = { $named ->
    [yes] Uw proefperiode voor ‘{ $plan }’
   *[no] Uw proefperiode
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } eindigt op { $day }. Op die dag volgt de eerste betaling van { $amount }, en daarvoor is nog geen betaalmethode ingesteld.
    [tax] { trial_ending-trial } eindigt op { $day }. Op die dag volgt de eerste betaling van { $amount } plus belasting, en daarvoor is nog geen betaalmethode ingesteld.
   *[unknown] { trial_ending-trial } eindigt op { $day }. Daarna wordt uw abonnement in rekening gebracht, en daarvoor is nog geen betaalmethode ingesteld.
}
trial_ending-without = { $missing ->
    [cancel] Zonder betaalmethode eindigt uw abonnement met de proefperiode en wordt er niets in rekening gebracht.
   *[pause] Zonder betaalmethode wordt uw abonnement na de proefperiode gepauzeerd en wordt er niets in rekening gebracht.
}
trial_ending-link = Wilt u na de proefperiode doorgaan, dan kunt u er hier een toevoegen:
trial_ending-no-link = Wilt u na de proefperiode doorgaan, beantwoord dan deze mail en we sturen u een beveiligde link om er een toe te voegen. Stuur geen kaartgegevens per mail.
trial_ending-stop = { $missing ->
    [create_invoice] Wilt u liever stoppen, laat het ons dan voor die datum weten: een kort antwoord is genoeg.
   *[other] Wilt u liever stoppen, dan hoeft u niets te doen.
}
