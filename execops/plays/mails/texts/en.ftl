# The words of the mails to customers, in English. The form is Project Fluent's: https://projectfluent.org/fluent/guide/.
#
# A text is named after its play: `card_update-subject`. `letter` is what all mails share. A language has the same texts
# as this file, with the same values in braces; it may add texts of its own that others refer to. Words in brackets choose
# between variants, the starred one holds otherwise.


## letter: what all mails share

letter-greeting = Hello { $name },
# Japanese greets a company in another way than a person.
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Hello,
letter-closing =
    Thank you,
    { $company }
letter-closing-nameless = Thank you.
letter-paid-already = If you have paid already, please ignore this email.

letter-page = { $number }: { $link }

# A payment method within a sentence, without an article.
letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] pre-authorized debit
    [ach_debit] bank debit
    [au_becs_debit] direct debit
    [bacs_debit] Direct Debit
    [nz_bank_account] direct debit
    [sepa_debit] SEPA direct debit
    [us_bank_account] bank debit
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] bank transfer
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] payment method
}

# `named`: none where no brand is known, card where the brand has that word in its own name, such as Mastercard.
# `ending` and `wallet` are `none` where they are not known.
letter-card = { $named ->
    [none] card
    [card] { $brand }
   *[brand] { $brand } card
}{ $ending ->
    [none] { "" }
   *[other] { " " }ending { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }in { $wallet }
}
letter-closing-signed =
    Thank you,
    { $signer }
    { $company }
letter-closing-signed-only =
    Thank you,
    { $signer }
letter-personal = I wanted to write to you personally.
letter-quote = { $end ->
    [own] “{ $words }”
   *[none] “{ $words }”.
}
letter-payment = { $method ->
    [amazon_pay] Amazon Pay payment
    [cashapp] Cash App Pay payment
    [link] Link payment
    [paypal] PayPal payment
    [revolut_pay] Revolut Pay payment
   *[other] payment
}
letter-price = { $every ->
    [year] { $price } a year
   *[month] { $price } a month
}
letter-subscription = { $kind ->
    [named] Your { $plan } subscription
    [priced] Your subscription at { letter-price }
    [one] One of your subscriptions
   *[only] Your subscription
}
letter-staying = { $count ->
    [one] Your other subscription continues.
   *[other] Your other subscriptions continue.
}


## card_update: a payment failed

card_update-payments = { $count ->
    [one] your payment of { $amounts }
   *[other] your { $count } payments, { $amounts } in all,
}
card_update-subject = { $stage ->
    [last] Action needed: { card_update-payments } could not be collected
    [third] { $count ->
        [one] Action needed: payment of { $amounts } still failing
       *[other] Action needed: { $count } payments still failing, { $amounts } in all
    }
    [second] Reminder: { card_update-payments } did not go through
   *[first] { $count ->
        [one] Your payment of { $amounts } did not go through
       *[other] Your { $count } payments, { $amounts } in all, did not go through
    }
}

# `part`: whether a part of the invoice was paid already.
card_update-collect = { $part ->
    [rest] the remaining { $amount } of invoice { $number }
   *[whole] your { letter-payment } of { $amount } for invoice { $number }
}
card_update-failed = { $how ->
    [trial] Your trial has ended, and the first payment for your subscription, { $amount } for invoice { $number }, did not go through
    [expired] We could not collect { card_update-collect }, because your { letter-method } has expired
    [uncollected] We could not collect { card_update-collect }
    [repeated] We have now tried { $attempt } times to collect { card_update-collect }, without success
    [returned] Your bank returned our { letter-method } of { card_update-amount } for invoice { $number }
    [second] A second attempt to collect { card_update-collect } has failed
    [declined] Your bank declined the charge of { card_update-amount } to your { letter-method } for invoice { $number }
   *[other] { $part ->
        [rest] The remaining { $amount } of invoice { $number } did not go through
       *[whole] Your { letter-payment } of { $amount } for invoice { $number } did not go through
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }, and no further attempt is planned.
   *[open] { card_update-failed }.
}
card_update-bank = Your bank declined the charge.
# Why the bank sent a debit back, where only the customer can know or mend it.
card_update-returned = { $why ->
    [closed] The bank reports that the account is closed.
    [unknown] The bank reports that it does not know the account.
    [blocked] The bank reports that the account takes no such debits at present.
    [limit] The bank reports that the amount is above a limit of the account.
    [holder] The bank reports that the name of the account's holder does not match.
   *[mandate] The bank reports that the debit is not authorized.
}
# Advice by the decline: another card, right details or address, a call to the bank, or a stop by the customer.
card_update-hint = { $why ->
    [another] Please use another card, as the bank may well decline this one again.
    [details] The details of the card may not be right: please check its number, expiry date and security code.
    [address] The billing address on file may not be right: please check its postal code.
    [ask] Your bank can tell you the reason.
   *[stopped] The bank reports that payments to us have been stopped.
}
card_update-stopped = If you stopped them on purpose, please reply to this email and tell us how you would like to go on.
card_update-on-file = { $method ->
    [card] The card on file is your { letter-card }.
   *[other] The account on file ends in { $ending }.
}
card_update-several = { $expired ->
    [yes] These payments, { $amounts } in all, did not go through, because your { letter-method } has expired:
   *[no] These payments, { $amounts } in all, did not go through:
}
card_update-line = • { $amount } for invoice { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] You can sign in here to pay or update your card:
       *[other] You can sign in here to pay or change your payment method:
    }
   *[invoice] { $method ->
        [card] You can pay or update your card here (it takes a minute):
       *[other] You can pay or change your payment method here (it takes a minute):
    }
}
card_update-links = { $method ->
    [card] You can pay them or update your card here (it takes a minute):
   *[other] You can pay them or change your payment method here (it takes a minute):
}
card_update-no-link = { $method ->
    [card] Please reply to this email and we will send you a secure link to pay or to update your card.
   *[other] Please reply to this email and we will send you a secure link to pay or to change your payment method.
}
card_update-retry = { $method ->
    [card] Otherwise we will try your card again on { $day }.
   *[other] Otherwise we will try your payment method again on { $day }.
}

# A note to a large customer, in place of the texts above.
card_update-note-subject = { $count ->
    [one] Your payment of { $amounts } for invoice { $numbers } did not go through
   *[other] Your payments for invoices { $numbers }, { $amounts } in all, did not go through
}
card_update-note-payments = { $count ->
    [one] Your { letter-payment } of { $amounts } for invoice { $numbers } did not go through
   *[other] Your payments for invoices { $numbers }, { $amounts } in all, did not go through
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, because your { letter-method } has expired.
    [trial] { card_update-note-payments } at the end of your trial.
    [debit] { $count ->
        [one] The { letter-method } of { $amounts } for invoice { $numbers } did not go through.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] Is there anything I can help with, such as { card_update-note-such }? A line in reply is enough, and I will see to it.
   *[company] Is there anything we can help with, such as { card_update-note-such }? A line in reply is enough, and we will see to it.
}
card_update-note-link = { $page ->
    [portal] You can sign in here to see the invoice and pay it:
   *[invoice] You can see the invoice and pay it here:
}
card_update-note-ignore = { $count ->
    [one] If the payment is already on its way, please ignore this email.
   *[other] If the payments are already on their way, please ignore this email.
}
card_update-amount = { $part ->
    [rest] the remaining { $amount }
   *[whole] { $amount }
}
card_update-note-such = { $method ->
    [card] a card limit or a new billing contact
   *[other] a block on the account or a new billing contact
}


## authenticate_payment: the bank wants the payment confirmed, or the bank account verified

authenticate_payment-what = { $count ->
    [one] your payment of { $amount }
   *[other] your { $count } payments, { $amount } in all
}
authenticate_payment-subject = { $again ->
    [yes] Reminder: please confirm { authenticate_payment-what }
   *[no] Please confirm { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Your bank is still waiting for you to confirm the payment of { $amount } for invoice { $number }. Until then it cannot go through.
   *[no] Your bank asks you to confirm the payment of { $amount } for invoice { $number }. This is a routine security check; the payment can go through once you have confirmed it.
}
authenticate_payment-several = { $again ->
    [yes] Your bank is still waiting for you to confirm { $count } payments, { $amount } in all:
   *[no] Your bank asks you to confirm { $count } payments, { $amount } in all:
}
authenticate_payment-line = • { $amount } for invoice { $number }
authenticate_payment-several-why = { $again ->
    [yes] Until then they cannot go through.
   *[no] This is a routine security check; the payments can go through once you have confirmed them.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] You can sign in here to confirm it:
       *[other] You can sign in here to confirm them:
    }
   *[invoice] { $count ->
        [one] You can confirm it here (it takes a minute):
       *[other] You can confirm them here (it takes a minute):
    }
}
authenticate_payment-links = You can confirm them here (it takes a minute):
authenticate_payment-no-link = { $count ->
    [one] Please reply to this email and we will send you a secure link to confirm it.
   *[other] Please reply to this email and we will send you secure links to confirm them.
}
authenticate_payment-ignore = { $count ->
    [one] If you have already confirmed it, please ignore this email.
   *[other] If you have already confirmed them, please ignore this email.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Please verify your bank account
   *[payment] Please verify your bank account for your payment of { $amount }
}
# `what`: the invoice that the account is to pay, a payment without one, or setup where nothing is due yet.
authenticate_payment-verify-what = { $what ->
    [invoice] Your payment of { $amount } for invoice { $number } can go ahead once your bank account is verified.
    [payment] Your payment of { $amount } can go ahead once your bank account is verified.
   *[setup] Your bank account can be used for your payments once it is verified.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Look on your bank statement for one or two small deposits, or a deposit with a code, made for this purpose.
authenticate_payment-verify-arrives = They should arrive by { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] You can sign in here to enter the amounts or the code:
   *[invoice] You can enter the amounts or the code here:
}
authenticate_payment-verify-no-link = Please reply to this email with any question about it.
authenticate_payment-verify-ignore = If you have verified it already, please ignore this email.


## card_expiring: the card that is charged expires

card_expiring-subject = { $when ->
    [expired] Your { letter-card } has expired
    [known] Your { letter-card } expires at the end of { $month }
   *[soon] Your { letter-card } expires soon
}
card_expiring-opening = { $when ->
    [expired] Your { letter-card } expired at the end of { $month }. To keep your payments running without interruption, please add a new card.
    [known] Your { letter-card } expires at the end of { $month }. To keep your payments running without interruption, please add your new card as soon as you have it.
   *[soon] Your { letter-card } expires soon. To keep your payments running without interruption, please add your new card as soon as you have it.
}
# `next`: first (at the end of a trial), known or unknown (the amount).
card_expiring-next = { $next ->
    [first] Your first payment of { $amount } is due on { $day }, at the end of your trial.
    [known] Your next payment of { $amount } is due on { $day }.
   *[unknown] Your next payment is due on { $day }.
}
card_expiring-link = You can sign in here to add the new card:
card_expiring-no-link = Just reply to this email and we will send you a secure link to update your card. Please do not send card details by email.
card_expiring-ignore = If you have updated it already, please ignore this email.


## invoice_overdue: sent invoices are past their due date

# `tone`: note (a large customer), reminder, ask (from 15 days on), firm (30), last (60).
invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] { $amount } still open on invoice { $number }
           *[whole] Invoice { $number } for { $amount }
        }
        [last] Last reminder: { invoice_overdue-what }
        [firm] { $part ->
            [rest] Overdue: please pay the { $amount } still open on invoice { $number }
           *[whole] Overdue: please pay invoice { $number } for { $amount }
        }
        [ask] Overdue: { invoice_overdue-what }
       *[reminder] Reminder: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } invoices, { $amount } in all
        [last] Last reminder: { $count } invoices, { $amount } in all
        [firm] Overdue: please pay { $count } invoices, { $amount } in all
        [ask] Overdue: { $count } invoices, { $amount } in all
       *[reminder] Reminder: { $count } invoices, { $amount } in all
    }
}

# A letter to a large customer opens with it.

# `due`: known (`day` is the due date) or unknown. No text counts days: a mail may wait before it is sent.
invoice_overdue-opening = { $due ->
    [known] Invoice { $number } for { $amount } was due on { $day }, and we have not received your payment yet.
   *[unknown] Invoice { $number } for { $amount } is past its due date, and we have not received your payment yet.
}
invoice_overdue-rest = { $due ->
    [known] Thank you for paying { $paid } of invoice { $number }. The remaining { $amount } was due on { $day }.
   *[unknown] Thank you for paying { $paid } of invoice { $number }. The remaining { $amount } is past its due date.
}
# `credit`: the sum of the credit notes of the invoice.
invoice_overdue-credited = A credit note of { $credit } has already been taken off this amount.
invoice_overdue-slipped = It may simply have been overlooked.
invoice_overdue-several = These invoices are past their due date, and these amounts are still open:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, due on { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (after your payment of { $paid }), due on { $day }
   *[unknown] • { $number }: { $amount } (after your payment of { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Your subscription has ended; this invoice is still due.
   *[other] Your subscription has ended; these invoices are still due.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] You can sign in here to view the invoice and pay the rest:
           *[whole] You can sign in here to view and pay it:
        }
       *[other] You can sign in here to view and pay them:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] You can view the invoice and pay the rest here:
           *[whole] You can view and pay it here:
        }
       *[other] You can view and pay them here:
    }
}
invoice_overdue-links = You can view and pay them here:
invoice_overdue-no-link = Please reply to this email if you need the invoice or our payment details again.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Is there anything I can help with, such as a missing purchase order number, an approval or a new billing contact? A line in reply is enough, and I will see to it.
       *[company] Is there anything we can help with, such as a missing purchase order number, an approval or a new billing contact? A line in reply is enough, and we will see to it.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Please pay the rest within the next seven days, or tell us by then what stands in the way; we would rather find a solution with you than take this further.
           *[whole] Please pay it within the next seven days, or tell us by then what stands in the way; we would rather find a solution with you than take this further.
        }
       *[other] Please pay them within the next seven days, or tell us by then what stands in the way; we would rather find a solution with you than take this further.
    }
    [firm] { $count ->
        [one] Please arrange the payment this week, or tell us the date on which we can expect it. If you dispute anything on the invoice, please tell us what it is.
       *[other] Please arrange the payment this week, or tell us the date on which we can expect it. If you dispute anything on the invoices, please tell us what it is.
    }
    [ask] { $count ->
        [one] Could you let us know when we can expect the payment? If anything about the invoice is unclear, please reply to this email and we will sort it out.
       *[other] Could you let us know when we can expect the payment? If anything about the invoices is unclear, please reply to this email and we will sort it out.
    }
   *[reminder] { $count ->
        [one] If anything about the invoice is unclear, just reply to this email.
       *[other] If anything about the invoices is unclear, just reply to this email.
    }
}
invoice_overdue-what = { $part ->
    [rest] { $amount } still open on invoice { $number }
   *[whole] invoice { $number } for { $amount }
}


## save_offer: the customer has cancelled, and the subscription still runs

# `when`: known (`day` is the last day) or unknown. `kind`: trial, one (of several subscriptions) or only.
save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Your trial ends on { $day }
       *[only] { letter-subscription } ends on { $day }
    }
   *[unknown] { $what ->
        [trial] Your trial is set to end
       *[only] { letter-subscription } is set to end
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] You cancelled your trial: may we ask why?
       *[only] { save_offer-ends }: may we ask why?
    }
   *[no] { save_offer-ends }
}
# `named`: yes where `plan` is the name of the one subscription that ends.
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] We saw that you have cancelled your trial. It ends on { $day } and will not turn into a paid subscription.
       *[unknown] We saw that you have cancelled your trial. It will not turn into a paid subscription.
    }
    [one] { $when ->
        [known] We saw your cancellation. { letter-subscription } ends on { $day }.
       *[unknown] We saw your cancellation. { letter-subscription } is set to end.
    }
   *[only] { $when ->
        [known] We saw that your subscription is set to end on { $day }.
       *[unknown] We saw that your subscription is set to end.
    }
}
save_offer-thanks = Thank you for being with us since { $month }.

# `reason`: as Stripe names what the customer chose; none where they chose nothing.
save_offer-reason = { $reason ->
    [too_expensive] You told us that the price was the reason
    [missing_features] You told us that something was missing
    [switched_service] You told us that you have found another service
    [unused] You told us that you did not use it enough
    [customer_service] You told us that our customer service fell short
    [too_complex] You told us that it was too complicated
   *[low_quality] You told us that the quality fell short
}
save_offer-comment = { $reason ->
    [none] You wrote: { $comment } Thank you for telling us.
    [customer_service] We are sorry. { save_offer-reason }, and wrote: { $comment } Thank you for telling us.
    [low_quality] We are sorry. { save_offer-reason }, and wrote: { $comment } Thank you for telling us.
   *[other] { save_offer-reason }, and wrote: { $comment } Thank you for telling us.
}
save_offer-answer = { $reason ->
    [none] { $what ->
        [one] Would you tell us what made you decide to end it? A line in reply is enough, and it helps us to do better.
       *[only] Would you tell us what made you decide to leave? A line in reply is enough, and it helps us to do better.
    }
    [too_expensive] { save_offer-reason }. Thank you for telling us.
    [missing_features] { save_offer-reason }. Which feature was it? A line in reply is enough, and it helps us to do better.
    [switched_service] { save_offer-reason }. What does it do better for you? A line in reply is enough, and it helps us to do better.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. We are sorry.
    [too_complex] { save_offer-reason }. Where did it get in your way? A line in reply is enough, and it helps us to do better.
   *[low_quality] { save_offer-reason }. We are sorry. What went wrong? A line in reply is enough, and it helps us to do better.
}
save_offer-answer-trial = Did it do what you were looking for? A line in reply is enough, and it helps us to do better.

# `pause`: yes where the subscription can be paused: it is paid for and runs until it ends.
save_offer-offer = { $reason ->
    [too_expensive] If there are terms on which it would still be worth it for you, reply to this email and we will see what we can do.
    [missing_features] If you would like to know where we stand on this, just reply to this email.
    [switched_service] If it turns out not to suit you, you are welcome back.
    [unused] { $pause ->
        [yes] If you would like to pause the subscription for a while instead of ending it, just reply to this email.
       *[no] If you would like to talk it through, just reply to this email.
    }
    [customer_service] If there is still something to put right, reply to this email and we will see to it, whether you stay or not.
    [too_complex] If you would like to go through it together before it ends, just reply to this email.
    [low_quality] If there is still something to put right, reply to this email and we will see to it, whether you stay or not.
   *[other] { $pause ->
        [yes] If you would like to talk it through, or to pause the subscription for a while instead of ending it, just reply to this email.
       *[no] If you would like to talk it through, just reply to this email.
    }
}
save_offer-offer-trial = If more time to try it would help, just reply to this email.
save_offer-until = Nothing changes before { $day }.

save_offer-behind = One thing is still open: the last payment has not gone through yet.
save_offer-open-one = One thing is still open:
save_offer-open-several = Some payments are still open:
# `due`: known where the invoice was sent and `day` was its due date.
save_offer-open-line = { $due ->
    [known] { $amount } on invoice { $number }, which was due on { $day }.
   *[unknown] { $amount } on invoice { $number }; the payment did not go through.
}
save_offer-open-link = You can pay it here:
save_offer-rest = { $rest ->
    [behind] Apart from that, there is nothing else you need to do.
    [silent] If your mind is made up, there is nothing else you need to do.
   *[other] Otherwise, there is nothing else you need to do.
}


## subscription_ended: a subscription ended at once, or for want of payment

subscription_ended-subject = { letter-subscription } ended on { $day }
# `kind`: named (`plan` is its name), one (of several subscriptions) or only.
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } ended on { $day }, because we could not collect the payment.
   *[other] { letter-subscription } ended on { $day }.
}
subscription_ended-owed = { $amount } for invoice { $number } is still due.
subscription_ended-thanks = Thank you for being with us since { $month }.
# `reason`: as Stripe names what the customer chose; asked where the mail asks for more; where they chose nothing owing (a
# payment is open), unpaid, unknown (nothing tells why), stays (they have another subscription) or none.
subscription_ended-back = { $reason ->
    [too_expensive] If there are terms on which it would be worth it for you again, reply to this email and we will see what we can do.
    [missing_features] If you would like to know where we stand on this, just reply to this email.
    [switched_service] If it turns out not to suit you, you are welcome back: a reply to this email is enough.
    [unused] If you need it again one day, a reply to this email is enough.
    [customer_service] If there is still something to put right, reply to this email and we will see to it.
    [too_complex] If you would like to try it once more with our help, just reply to this email.
    [low_quality] If there is still something to put right, reply to this email and we will see to it.
    [unpaid] If you would like to continue, just reply to this email.
    [owing] Paying it does not restart the subscription by itself; if you would like to continue, just reply to this email.
    [unknown] If you did not expect this, or would like to come back, just reply to this email.
    [asked] If you would like to come back one day, a reply to this email is enough.
    [stays] If there is something that we could put right, a line in reply is enough.
   *[none] If you left because of something that we could put right, or if you would like to come back one day, a line in reply is enough.
}


## trial_ending: a trial ends soon, and there is no payment method

trial_ending-subject = Your trial ends on { $day }
trial_ending-trial = { $named ->
    [yes] Your { $plan } trial
   *[no] Your trial
}
# `first`: whether the amount of the first payment is known, and whether tax may come on top.
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } ends on { $day }. The first payment, { $amount }, is due on that day, and there is no payment method for it yet.
    [tax] { trial_ending-trial } ends on { $day }. The first payment, { $amount } plus tax, is due on that day, and there is no payment method for it yet.
   *[unknown] { trial_ending-trial } ends on { $day }. After that, payments for your plan begin, and there is no payment method for them yet.
}
# `missing`: what happens without a payment method.
trial_ending-without = { $missing ->
    [cancel] Without one, your subscription ends with the trial, and nothing is charged.
   *[pause] Without one, your subscription is paused when the trial ends, and nothing is charged.
}
trial_ending-link = To continue after the trial, you can add one here:
trial_ending-no-link = To continue after the trial, just reply to this email and we will send you a secure link to add one. Please do not send card details by email.
trial_ending-stop = { $missing ->
    [create_invoice] If you would rather stop, please tell us before then: a line in reply is enough.
   *[other] If you would rather stop, there is nothing you need to do.
}
