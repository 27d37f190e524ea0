# De woorden van mails aan klanten, in het Nederlands. De vorm van zo'n bestand staat uitgelegd in en.ftl.


## letter

letter-greeting = Beste { $name },
letter-greeting-nameless = Goedendag,
letter-closing =
    Met dank en vriendelijke groet,
    { $company }
letter-closing-nameless = Met dank en vriendelijke groet
letter-paid-already = Hebt u al betaald? Dan kunt u deze mail als afgehandeld beschouwen.

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


## card_update

card_update-payments = { $count ->
    [one] uw betaling van { $amounts }
   *[other] uw betalingen van { $amounts }
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Actie nodig: { card_update-payments } kon niet worden geïnd
       *[other] Actie nodig: { card_update-payments } konden niet worden geïnd
    }
    [third] Actie nodig: betaling van { $amounts } lukt nog steeds niet
    [second] { $count ->
        [one] Herinnering: { card_update-payments } is niet gelukt
       *[other] Herinnering: { card_update-payments } zijn niet gelukt
    }
   *[first] { $count ->
        [one] Uw betaling van { $amounts } is niet gelukt
       *[other] Uw betalingen van { $amounts } zijn niet gelukt
    }
}
card_update-collect = { $part ->
    [rest] het resterende bedrag van { $amount } van factuur { $number }
   *[whole] uw betaling van { $amount } voor factuur { $number }
}
card_update-failed = { $how ->
    [trial] Uw proefperiode is afgelopen en de eerste betaling voor uw abonnement, { $amount } voor factuur { $number }, is niet gelukt
    [expired] We konden { card_update-collect } niet innen, omdat { letter-your-method } is verlopen
    [uncollected] We konden { card_update-collect } niet innen
    [repeated] We hebben nu { $attempt } keer geprobeerd { card_update-collect } te innen, zonder resultaat
    [returned] Uw bank heeft onze { letter-debit } van { $amount } voor factuur { $number } teruggeboekt
    [second] Ook een tweede poging om { card_update-collect } te innen is niet gelukt
    [declined] Uw bank heeft de afschrijving van { $amount } van uw { letter-card } voor factuur { $number } geweigerd
   *[other] { $part ->
        [rest] De betaling van het resterende bedrag van { $amount } van factuur { $number } is niet gelukt
       *[whole] Uw betaling van { $amount } voor factuur { $number } is niet gelukt
    }
}
card_update-opening = { $then ->
    [ended] { card_update-failed }. Daarmee is uw abonnement beëindigd. Het bedrag staat nog open; door te betalen begint het abonnement niet opnieuw. Wilt u doorgaan, beantwoord dan deze mail.
    [last] { card_update-failed }. Er volgt geen nieuwe poging.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Deze betalingen, samen { $amounts }, zijn niet gelukt, omdat { letter-your-method } is verlopen:
   *[no] Deze betalingen, samen { $amounts }, zijn niet gelukt:
}
card_update-line = • { $amount } voor factuur { $number }

card_update-link = { $method ->
    [card] Hier kunt u binnen een minuut betalen of uw kaart bijwerken:
   *[other] Hier kunt u binnen een minuut betalen of uw betaalmethode wijzigen:
}
card_update-links = { $method ->
    [card] Hier kunt u ze binnen een minuut betalen of uw kaart bijwerken:
   *[other] Hier kunt u ze binnen een minuut betalen of uw betaalmethode wijzigen:
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
    [one] Uw betaling van { $amounts } voor factuur { $numbers }
   *[other] Uw betalingen van { $amounts } voor de facturen { $numbers }
}
card_update-note-payments = { $count ->
    [one] uw betaling van { $amounts } voor factuur { $numbers } is
   *[other] uw betalingen van { $amounts } voor de facturen { $numbers } zijn
}
card_update-note = { $why ->
    [expired] Ik wilde u zelf even schrijven: { card_update-note-payments } niet gelukt, omdat { letter-your-method } is verlopen.
    [trial] Ik wilde u zelf even schrijven: { card_update-note-payments } aan het einde van uw proefperiode niet gelukt.
    [debit] Ik wilde u zelf even schrijven: { card_update-note-payments } via { letter-debit } niet gelukt.
   *[other] Ik wilde u zelf even schrijven: { card_update-note-payments } niet gelukt.
}
card_update-note-ask = Staat er aan onze kant iets in de weg, zoals een limiet, een inkooporder of een nieuwe contactpersoon voor facturen? Een kort antwoord is genoeg, dan regel ik het.
card_update-note-link = Hier vindt u de factuur; u kunt daar ook op een andere manier betalen:
card_update-note-ignore = Is de betaling al onderweg? Dan kunt u deze mail als afgehandeld beschouwen.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] uw betaling van { $amount }
   *[other] uw betalingen van { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Herinnering: bevestig { authenticate_payment-what }
   *[no] Bevestig { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Uw bank wacht nog tot u de betaling van { $amount } voor factuur { $number } bevestigt. Tot die tijd kan de betaling niet doorgaan.
   *[no] Uw bank vraagt u de betaling van { $amount } voor factuur { $number } te bevestigen. Dat is een gebruikelijke veiligheidscontrole; zodra u hebt bevestigd, gaat de betaling door.
}
authenticate_payment-several = { $again ->
    [yes] Uw bank wacht nog tot u de betalingen van { $amount } bevestigt:
   *[no] Uw bank vraagt u de betalingen van { $amount } te bevestigen:
}
authenticate_payment-line = • { $amount } voor factuur { $number }
authenticate_payment-several-why = { $again ->
    [yes] Tot die tijd kunnen ze niet doorgaan.
   *[no] Dat is een gebruikelijke veiligheidscontrole; zodra u hebt bevestigd, gaan de betalingen door.
}
authenticate_payment-link = Hier kunt u de betaling binnen een minuut bevestigen:
authenticate_payment-links = Hier kunt u ze binnen een minuut bevestigen:
authenticate_payment-no-link = Beantwoord deze mail en we sturen u een beveiligde link om de betaling te bevestigen.
authenticate_payment-ignore = Hebt u al bevestigd? Dan kunt u deze mail als afgehandeld beschouwen.

authenticate_payment-verify-subject = Verifieer uw bankrekening voor uw betaling van { $amount }
authenticate_payment-verify = Uw betaling van { $amount } voor factuur { $number } wacht tot uw bankrekening is geverifieerd. Op uw afschrift staan daarvoor een of twee kleine bijschrijvingen, of een code.
authenticate_payment-verify-link = Hier kunt u ze invullen:
authenticate_payment-verify-no-link = Hebt u hier een vraag over? Beantwoord dan deze mail.
authenticate_payment-verify-ignore = Hebt u de rekening al geverifieerd? Dan kunt u deze mail als afgehandeld beschouwen.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Uw { letter-card } is verlopen
    [known] Uw { letter-card } verloopt eind { $month }
   *[soon] Uw { letter-card } verloopt binnenkort
}
card_expiring-opening = { $when ->
    [expired] Uw { letter-card } is eind { $month } verlopen. Geef ons de nieuwe kaart door zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
    [known] Uw { letter-card } verloopt eind { $month }. Geef ons de nieuwe kaart door zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
   *[soon] Uw { letter-card } verloopt binnenkort. Geef ons de nieuwe kaart door zodra u die hebt, zodat uw betalingen zonder onderbreking doorlopen.
}
card_expiring-next = Uw volgende betaling is op { $day }.
card_expiring-link = Hier kunt u de nieuwe kaart binnen een minuut invoeren:
card_expiring-no-link = Beantwoord deze mail en we sturen u een beveiligde link om uw kaart bij te werken. Stuur geen kaartgegevens per mail.
card_expiring-ignore = Hebt u de kaart al bijgewerkt? Dan kunt u deze mail als afgehandeld beschouwen.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Factuur { $number } van { $amount }
        [last] Laatste herinnering: factuur { $number } van { $amount }
        [firm] Verlopen: factuur { $number } van { $amount }, graag nu betalen
        [ask] Verlopen: factuur { $number } van { $amount }
       *[reminder] Herinnering: factuur { $number } van { $amount }
    }
   *[other] { $tone ->
        [note] { $count } facturen, samen { $amount }
        [last] Laatste herinnering: { $count } facturen, samen { $amount }
        [firm] Verlopen: { $count } facturen, samen { $amount }, graag nu betalen
        [ask] Verlopen: { $count } facturen, samen { $amount }
       *[reminder] Herinnering: { $count } facturen, samen { $amount }
    }
}
invoice_overdue-note = Ik wilde u zelf even schrijven.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Factuur { $number } van { $amount } had op { $day } betaald moeten zijn, { $days } dag geleden, en we hebben uw betaling nog niet ontvangen.
           *[other] Factuur { $number } van { $amount } had op { $day } betaald moeten zijn, { $days } dagen geleden, en we hebben uw betaling nog niet ontvangen.
        }
       *[today] Factuur { $number } van { $amount } had op { $day } betaald moeten zijn, en we hebben uw betaling nog niet ontvangen.
    }
   *[unknown] De betaaltermijn van factuur { $number } van { $amount } is verstreken, en we hebben uw betaling nog niet ontvangen.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Dank voor uw betaling van { $paid } op factuur { $number }. Het resterende bedrag van { $amount } had op { $day } betaald moeten zijn, { $days } dag geleden.
           *[other] Dank voor uw betaling van { $paid } op factuur { $number }. Het resterende bedrag van { $amount } had op { $day } betaald moeten zijn, { $days } dagen geleden.
        }
       *[today] Dank voor uw betaling van { $paid } op factuur { $number }. Het resterende bedrag van { $amount } had op { $day } betaald moeten zijn.
    }
   *[unknown] Dank voor uw betaling van { $paid } op factuur { $number }. De betaaltermijn van het resterende bedrag van { $amount } is verstreken.
}
invoice_overdue-slipped = Misschien is de factuur er gewoon tussendoor geglipt.
invoice_overdue-several = De betaaltermijn van deze facturen is verstreken, en we hebben uw betaling nog niet ontvangen:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, te betalen uiterlijk { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (na uw betaling van { $paid }), te betalen uiterlijk { $day }
   *[unknown] • { $number }: { $amount } (na uw betaling van { $paid })
}
invoice_overdue-ended = Uw abonnement is beëindigd; deze factuur, voor de periode daarvoor, blijft openstaan.
invoice_overdue-link = Hier kunt u de factuur bekijken en betalen:
invoice_overdue-links = Hier kunt u ze bekijken en betalen:
invoice_overdue-no-link = Beantwoord deze mail als u de factuur of onze bankgegevens nog eens nodig hebt.
invoice_overdue-close = { $tone ->
    [note] Is er aan onze kant iets wat de betaling ophoudt, zoals een inkooporder, een goedkeuring of een nieuwe contactpersoon voor facturen? Een kort antwoord is genoeg, dan regel ik het.
    [last] { $count ->
        [one] Wilt u de factuur binnen zeven dagen betalen, of ons voor die tijd laten weten wat dat in de weg staat? We vinden liever samen met u een oplossing dan dat we de zaak uit handen geven.
       *[other] Wilt u de facturen binnen zeven dagen betalen, of ons voor die tijd laten weten wat dat in de weg staat? We vinden liever samen met u een oplossing dan dat we de zaak uit handen geven.
    }
    [firm] Wilt u de betaling deze week regelen, of ons laten weten op welke datum we die kunnen verwachten? Bent u het ergens op de factuur niet mee eens, laat ons dan weten wat het is.
    [ask] Kunt u ons laten weten wanneer we de betaling kunnen verwachten? Is iets op de factuur niet duidelijk, beantwoord dan deze mail, dan zoeken we het uit.
   *[reminder] Is iets op de factuur niet duidelijk, beantwoord dan deze mail.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] Uw proefperiode eindigt op { $day }
       *[only] Uw abonnement eindigt op { $day }
    }
   *[unknown] { $kind ->
        [trial] Uw proefperiode loopt af
       *[only] Uw abonnement loopt af
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends }: mogen we vragen waarom?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] We zagen dat u uw proefperiode hebt opgezegd. Deze eindigt op { $day } en wordt geen betaald abonnement.
       *[unknown] We zagen dat u uw proefperiode hebt opgezegd. Deze wordt geen betaald abonnement.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] We zagen dat een van uw abonnementen, { $plan }, op { $day } eindigt.
           *[no] We zagen dat een van uw abonnementen op { $day } eindigt.
        }
       *[unknown] { $named ->
            [yes] We zagen dat u een van uw abonnementen, { $plan }, hebt opgezegd.
           *[no] We zagen dat u een van uw abonnementen hebt opgezegd.
        }
    }
   *[only] { $when ->
        [known] We zagen dat uw abonnement op { $day } eindigt.
       *[unknown] We zagen dat u uw abonnement hebt opgezegd.
    }
}
save_offer-thanks = Dank dat u sinds { $month } klant bij ons bent.
save_offer-reason = { $reason ->
    [too_expensive] U liet ons weten dat de prijs de reden is
    [missing_features] U liet ons weten dat u iets miste
    [switched_service] U liet ons weten dat u een andere dienst hebt gevonden
    [unused] U liet ons weten dat u het te weinig gebruikte
    [customer_service] U liet ons weten dat onze service tekortschoot
    [too_complex] U liet ons weten dat het te ingewikkeld was
   *[low_quality] U liet ons weten dat de kwaliteit tekortschoot
}
save_offer-comment = { $reason ->
    [none] U schreef: { $comment } Dank dat u ons dat vertelt.
    [customer_service] Dat spijt ons. { save_offer-reason }, en schreef: { $comment } Dank dat u ons dat vertelt.
    [low_quality] Dat spijt ons. { save_offer-reason }, en schreef: { $comment } Dank dat u ons dat vertelt.
   *[other] { save_offer-reason }, en schreef: { $comment } Dank dat u ons dat vertelt.
}
save_offer-answer = { $reason ->
    [none] Wilt u ons vertellen wat de doorslag gaf? Een kort antwoord is genoeg en helpt ons verder.
    [too_expensive] { save_offer-reason }. Dank voor uw openheid.
    [missing_features] { save_offer-reason }. Welke functie was dat? Een kort antwoord is genoeg en helpt ons verder.
    [switched_service] { save_offer-reason }. Wat doet die dienst beter voor u? Een kort antwoord is genoeg en helpt ons verder.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Dat spijt ons.
    [too_complex] { save_offer-reason }. Waar liep u vast? Een kort antwoord is genoeg en helpt ons verder.
   *[low_quality] { save_offer-reason }. Dat spijt ons. Wat ging er mis? Een kort antwoord is genoeg en helpt ons verder.
}
save_offer-answer-trial = Deed het wat u zocht? Een kort antwoord is genoeg en helpt ons verder.
save_offer-offer = { $reason ->
    [too_expensive] Zijn er voorwaarden waaronder het voor u nog de moeite waard is, beantwoord dan deze mail, dan kijken we wat we kunnen doen.
    [missing_features] Wilt u weten of het gepland is, beantwoord dan deze mail.
    [switched_service] Mocht de andere dienst toch niet bevallen, dan bent u altijd weer welkom.
    [unused] { $pause ->
        [yes] Wilt u het abonnement liever een tijdje pauzeren dan beëindigen, beantwoord dan deze mail.
       *[no] Wilt u het bespreken, beantwoord dan deze mail.
    }
    [customer_service] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op, of u nu blijft of niet.
    [too_complex] Wilt u er samen doorheen lopen voordat het eindigt, beantwoord dan deze mail.
    [low_quality] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op, of u nu blijft of niet.
   *[other] { $pause ->
        [yes] Wilt u het bespreken, of het abonnement liever een tijdje pauzeren dan beëindigen, beantwoord dan deze mail.
       *[no] Wilt u het bespreken, beantwoord dan deze mail.
    }
}
save_offer-offer-trial = Helpt het u om langer te kunnen proberen, beantwoord dan deze mail.
save_offer-until = Tot { $day } kan alles doorgaan zoals het is.
save_offer-behind = Er staat nog één ding open: de laatste betaling is nog niet gelukt.
save_offer-open-one = Er staat nog één ding open:
save_offer-open-several = Er staan nog betalingen open:
save_offer-open-line = { $due ->
    [known] { $amount } van factuur { $number }, te betalen uiterlijk { $day }.
   *[unknown] { $amount } van factuur { $number }, waarvan de betaling niet is gelukt.
}
save_offer-open-link = Hier kunt u betalen:
save_offer-rest = { $rest ->
    [behind] Verder hoeft u niets te doen.
    [silent] Staat uw besluit vast, dan hoeft u verder niets te doen.
   *[other] Verder hoeft u niets te doen.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } is op { $day } geëindigd
subscription_ended-what = { $kind ->
    [named] Uw abonnement op { $plan }
    [one] Een van uw abonnementen
   *[only] Uw abonnement
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } is op { $day } geëindigd, omdat de betaling niet kon worden geïnd.
   *[other] { subscription_ended-what } is op { $day } geëindigd.
}
subscription_ended-thanks = Dank dat u sinds { $month } klant bij ons was.
subscription_ended-back = { $reason ->
    [too_expensive] Zijn er voorwaarden waaronder het voor u weer de moeite waard is, beantwoord dan deze mail, dan kijken we wat we kunnen doen.
    [missing_features] Wilt u weten of het gepland is, beantwoord dan deze mail.
    [switched_service] Mocht de andere dienst toch niet bevallen, dan bent u altijd weer welkom: een antwoord op deze mail is genoeg.
    [unused] Hebt u het ooit weer nodig, dan is een antwoord op deze mail genoeg.
    [customer_service] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op.
    [too_complex] Wilt u het met onze hulp nog eens proberen, beantwoord dan deze mail.
    [low_quality] Is er nog iets op te lossen, beantwoord dan deze mail en we pakken het op.
    [unpaid] Wilt u doorgaan, beantwoord dan deze mail.
    [unknown] Had u dit niet verwacht, of wilt u terugkomen, beantwoord dan deze mail.
    [asked] Wilt u ooit terugkomen, dan is een antwoord op deze mail genoeg.
    [stays] Is er iets wat we kunnen verbeteren, dan is een kort antwoord genoeg.
   *[none] Bent u weggegaan om iets wat we kunnen verhelpen, of wilt u ooit terugkomen, dan is een kort antwoord genoeg.
}


## trial_ending

trial_ending-subject = Uw proefperiode eindigt op { $day }
trial_ending-trial = { $named ->
    [yes] Uw proefperiode van { $plan }
   *[no] Uw proefperiode
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } eindigt op { $day }. De eerste betaling, { $amount }, volgt op die dag, en er is nog geen betaalmethode voor.
    [tax] { trial_ending-trial } eindigt op { $day }. De eerste betaling, { $amount } plus belasting, volgt op die dag, en er is nog geen betaalmethode voor.
   *[unknown] { trial_ending-trial } eindigt op { $day }. Daarna wordt uw abonnement in rekening gebracht, en er is nog geen betaalmethode voor.
}
trial_ending-without = { $missing ->
    [cancel] Zonder betaalmethode eindigt uw abonnement met de proefperiode en wordt er niets in rekening gebracht.
   *[pause] Zonder betaalmethode wordt uw abonnement na de proefperiode gepauzeerd en wordt er niets in rekening gebracht.
}
trial_ending-link = Wilt u na de proefperiode doorgaan, dan kunt u er hier een toevoegen:
trial_ending-no-link = Wilt u na de proefperiode doorgaan, beantwoord dan deze mail en we sturen u een beveiligde link om er een toe te voegen. Stuur geen kaartgegevens per mail.
trial_ending-stop = { $missing ->
    [create_invoice] Wilt u liever stoppen, laat het ons dan voor die dag weten: een kort antwoord is genoeg.
   *[other] Wilt u liever stoppen, dan hoeft u niets te doen.
}
