# お客様へのメールの文面（日本語）。このファイルの形式は en.ftl で説明しています。


## letter

letter-greeting = { $name } 様
letter-greeting-company = { $name } 御中
letter-greeting-nameless = お客様
letter-closing =
    何卒よろしくお願いいたします。
    { $company }
letter-closing-nameless = 何卒よろしくお願いいたします。
letter-paid-already = すでにお支払いがお済みの場合は、本メールにつきましてはご放念ください。

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] 口座振替
    [ach_debit] 口座振替
    [au_becs_debit] 口座振替
    [bacs_debit] 口座振替
    [nz_bank_account] 口座振替
    [sepa_debit] SEPA口座振替
    [us_bank_account] 口座振替
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] 銀行振込
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] お支払い方法
}
letter-card = { $wallet ->
    [none] { "" }
   *[other] { $wallet }の
}{ $named ->
    [none] カード
    [card] { $brand }
   *[brand] { $brand }カード
}{ $ending ->
    [none] { "" }
   *[other] （末尾{ $ending }）
}
letter-closing-signed =
    何卒よろしくお願いいたします。
    { $company }
    { $signer }
letter-closing-signed-only =
    何卒よろしくお願いいたします。
    { $signer }
letter-personal = 直接ご連絡させていただきます。
letter-quote = 「{ $words }」
letter-payment = { $method ->
    [amazon_pay] Amazon Payでのお支払い
    [cashapp] Cash App Payでのお支払い
    [link] Linkでのお支払い
    [paypal] PayPalでのお支払い
    [revolut_pay] Revolut Payでのお支払い
   *[other] お支払い
}
letter-price = { $every ->
    [year] 年額{ $price }
   *[month] 月額{ $price }
}
letter-subscription = { $kind ->
    [named] 「{ $plan }」のご契約
    [priced] { letter-price }のご契約
    [one] ご契約のうちの1件
   *[only] ご契約
}
letter-staying = { $count ->
   *[other] その他のご契約は継続されます。
}


## card_update

card_update-payments = { $count ->
    [1] お支払い（{ $amounts }）
   *[other] お支払い{ $count }件（合計{ $amounts }）
}
card_update-subject = { $stage ->
    [last] 【要対応】{ card_update-payments }を完了できませんでした
    [third] 【要対応】{ card_update-payments }がまだ完了していません
    [second] 【再度のお知らせ】{ card_update-payments }が完了していません
   *[first] { card_update-payments }が完了していません
}
card_update-collect = { $part ->
    [rest] 請求書{ $number }の残額{ $amount }
   *[whole] 請求書{ $number }の{ letter-payment }（{ $amount }）
}
card_update-failed = { $how ->
    [trial] 無料トライアルが終了しましたが、ご契約の初回のお支払い（請求書{ $number }、{ $amount }）が完了していません
    [expired] { letter-method }の有効期限が切れているため、{ card_update-collect }を決済できませんでした
    [uncollected] { card_update-collect }を決済できませんでした
    [repeated] これまで{ $attempt }回お試ししましたが、{ card_update-collect }を決済できませんでした
    [returned] 請求書{ $number }の{ card_update-amount }の{ letter-method }が、金融機関にて不能となりました
    [second] 2回目も、{ card_update-collect }を決済できませんでした
    [declined] 請求書{ $number }の{ card_update-amount }について、{ letter-card }での決済がカード会社により承認されませんでした
   *[other] { $part ->
        [rest] 請求書{ $number }の残額{ $amount }のお支払いが完了していません
       *[whole] 請求書{ $number }の{ letter-payment }（{ $amount }）が完了していません
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }。これ以上の自動決済は予定されておりません。
   *[open] { card_update-failed }。
}
card_update-bank = カード会社の承認が得られませんでした。
card_update-returned = { $why ->
    [closed] 金融機関によると、口座は解約されています。
    [unknown] 金融機関によると、該当する口座がございません。
    [blocked] 金融機関によると、現在この口座では口座振替をご利用いただけません。
    [limit] 金融機関によると、金額が口座の限度額を超えています。
    [holder] 金融機関によると、口座名義が一致しません。
   *[mandate] 金融機関によると、口座振替の承諾が確認できません。
}
card_update-hint = { $why ->
    [another] 同じカードは再度ご利用いただけない可能性が高いため、別のカードをご利用ください。
    [details] ご登録のカード情報に誤りがある可能性がございます。カード番号、有効期限、セキュリティコードをご確認ください。
    [address] ご登録の請求先住所に誤りがある可能性がございます。郵便番号をご確認ください。
    [ask] 詳しい理由につきましては、カード会社にお問い合わせください。
   *[stopped] カード会社または金融機関によると、弊社へのお支払いが停止されています。
}
card_update-stopped = お客様ご自身で停止された場合は、今後のご利用についてのご意向を本メールへのご返信にてお知らせください。
card_update-on-file = { $method ->
    [card] ご登録のカードは{ letter-card }です。
   *[other] ご登録の口座は末尾{ $ending }です。
}
card_update-several = { $expired ->
    [yes] { letter-method }の有効期限が切れているため、以下のお支払い（合計{ $amounts }）が完了していません。
   *[no] 以下のお支払い（合計{ $amounts }）が完了していません。
}
card_update-line = • 請求書{ $number }：{ $amount }

card_update-link = { $page ->
    [portal] { $method ->
        [card] 以下のページにログインして、お支払いまたはカード情報の更新ができます。
       *[other] 以下のページにログインして、お支払いまたはお支払い方法の変更ができます。
    }
   *[invoice] { $method ->
        [card] 以下のページから、1分ほどでお支払いまたはカード情報の更新ができます。
       *[other] 以下のページから、1分ほどでお支払いまたはお支払い方法の変更ができます。
    }
}
card_update-links = { $method ->
    [card] 以下のページから、1分ほどでお支払いまたはカード情報の更新ができます。
   *[other] 以下のページから、1分ほどでお支払いまたはお支払い方法の変更ができます。
}
card_update-no-link = { $method ->
    [card] 本メールにご返信いただければ、お支払いまたはカード情報の更新のための安全なリンクをお送りします。
   *[other] 本メールにご返信いただければ、お支払いまたはお支払い方法の変更のための安全なリンクをお送りします。
}
card_update-retry = { $method ->
    [card] お手続きがない場合は、{ $day }に同じカードで再度決済いたします。
   *[other] お手続きがない場合は、{ $day }に同じお支払い方法で再度決済いたします。
}

card_update-note-subject = { $count ->
    [1] 請求書{ $numbers }のお支払い（{ $amounts }）が完了していません
   *[other] 請求書{ $numbers }のお支払い（合計{ $amounts }）が完了していません
}
card_update-note-payments = { $count ->
    [1] 請求書{ $numbers }の{ letter-payment }（{ $amounts }）
   *[other] 請求書{ $numbers }のお支払い（合計{ $amounts }）
}
card_update-note = { $why ->
    [expired] { letter-method }の有効期限が切れているため、{ card_update-note-payments }が完了しておりません。
    [trial] 無料トライアル終了時の{ card_update-note-payments }が完了しておりません。
    [debit] { $count ->
        [1] 請求書{ $numbers }の{ letter-method }（{ $amounts }）が完了しておりません。
       *[other] { card_update-note-payments }が完了しておりません。
    }
   *[other] { card_update-note-payments }が完了しておりません。
}
card_update-note-ask = { $by ->
    [person] { card_update-note-such }など、お手伝いできることがございましたら、一言ご返信ください。私が対応いたします。
   *[company] { card_update-note-such }など、お手伝いできることがございましたら、一言ご返信ください。弊社にて対応いたします。
}
card_update-note-link = { $page ->
    [portal] 以下のページにログインして、請求書をご確認いただけます。別の方法でのお支払いも可能です。
   *[invoice] 請求書はこちらです。別の方法でのお支払いも可能です。
}
card_update-note-ignore = すでにお手続き中の場合は、本メールにつきましてはご放念ください。
card_update-amount = { $part ->
    [rest] 残額{ $amount }
   *[whole] { $amount }
}
card_update-note-such = { $method ->
    [card] カードのご利用限度額、発注番号の不足、請求ご担当者の変更
   *[other] 発注番号の不足、社内承認、請求ご担当者の変更
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [1] お支払い（{ $amount }）
   *[other] お支払い{ $count }件（合計{ $amount }）
}
authenticate_payment-subject = { $again ->
    [yes] 【再度のお願い】{ authenticate_payment-what }のご確認をお願いいたします
   *[no] { authenticate_payment-what }のご確認をお願いいたします
}
authenticate_payment-opening = { $again ->
    [yes] 請求書{ $number }のお支払い{ $amount }について、カード会社または金融機関がお客様による本人確認をお待ちしています。確認が済むまで、お支払いは完了しません。
   *[no] 請求書{ $number }のお支払い{ $amount }について、カード会社または金融機関がお客様による本人確認を求めています。通常のセキュリティ確認であり、確認後にお支払いの手続きが進みます。
}
authenticate_payment-several = { $again ->
    [yes] 以下のお支払い{ $count }件（合計{ $amount }）について、カード会社または金融機関がお客様による本人確認をお待ちしています。
   *[no] 以下のお支払い{ $count }件（合計{ $amount }）について、カード会社または金融機関がお客様による本人確認を求めています。
}
authenticate_payment-line = • 請求書{ $number }：{ $amount }
authenticate_payment-several-why = { $again ->
    [yes] 確認が済むまで、お支払いは完了しません。
   *[no] 通常のセキュリティ確認であり、確認後にお支払いの手続きが進みます。
}
authenticate_payment-link = { $page ->
    [portal] 以下のページにログインして、確認をお願いいたします。
   *[invoice] 以下のページから、1分ほどで確認できます。
}
authenticate_payment-links = 以下のページから、1分ほどで確認できます。
authenticate_payment-no-link = 本メールにご返信いただければ、確認のための安全なリンクをお送りします。
authenticate_payment-ignore = すでに確認がお済みの場合は、本メールにつきましてはご放念ください。

authenticate_payment-verify-subject = { $what ->
    [setup] 銀行口座の確認をお願いいたします
   *[payment] お支払い（{ $amount }）のため、銀行口座の確認をお願いいたします
}
authenticate_payment-verify-what = { $what ->
    [invoice] 請求書{ $number }のお支払い{ $amount }は、銀行口座の確認が済みしだい手続きに進みます。
    [payment] お支払い{ $amount }は、銀行口座の確認が済みしだい手続きに進みます。
   *[setup] 銀行口座は、確認が済みしだいお支払いにご利用いただけます。
}
authenticate_payment-verify = { authenticate_payment-verify-what }ご利用明細に、確認のための少額の入金が1件または2件、もしくはコード付きの入金が1件記載されます。
authenticate_payment-verify-arrives = 入金は{ $day }までに行われる予定です。
authenticate_payment-verify-link = { $page ->
    [portal] 以下のページにログインして、入金額またはコードをご入力ください。
   *[invoice] 以下のページで、入金額またはコードをご入力ください。
}
authenticate_payment-verify-no-link = ご不明な点がございましたら、本メールにご返信ください。
authenticate_payment-verify-ignore = すでに確認がお済みの場合は、本メールにつきましてはご放念ください。


## card_expiring

card_expiring-subject = { $when ->
    [expired] { letter-card }の有効期限が切れています
    [known] { letter-card }の有効期限は{ $month }末までです
   *[soon] { letter-card }の有効期限がまもなく切れます
}
card_expiring-opening = { $when ->
    [expired] ご登録の{ letter-card }の有効期限が{ $month }末に切れました。お支払いが滞りなく続きますよう、新しいカードがお手元に届きましたらご登録をお願いいたします。
    [known] ご登録の{ letter-card }の有効期限は{ $month }末までです。お支払いが滞りなく続きますよう、新しいカードがお手元に届きましたらご登録をお願いいたします。
   *[soon] ご登録の{ letter-card }の有効期限がまもなく切れます。お支払いが滞りなく続きますよう、新しいカードがお手元に届きましたらご登録をお願いいたします。
}
card_expiring-next = { $next ->
    [first] 初回のお支払い（{ $amount }）は、無料トライアルが終了する{ $day }です。
    [known] 次回のお支払い（{ $amount }）は{ $day }です。
   *[unknown] 次回のお支払い日は{ $day }です。
}
card_expiring-link = 以下のページにログインして、新しいカードをご登録ください。
card_expiring-no-link = 本メールにご返信いただければ、カード情報を更新するための安全なリンクをお送りします。カード情報をメールでお送りにならないようお願いいたします。
card_expiring-ignore = すでに更新がお済みの場合は、本メールにつきましてはご放念ください。


## invoice_overdue

invoice_overdue-subject = { $count ->
    [1] { $tone ->
        [note] { invoice_overdue-what }について
        [last] 【最終のお知らせ】{ invoice_overdue-what }のお支払い
        [firm] 【お支払い期日超過】{ invoice_overdue-what }のお支払いをお願いいたします
        [ask] 【お支払い期日超過】{ invoice_overdue-what }
       *[reminder] 【お知らせ】{ invoice_overdue-what }のお支払い
    }
   *[other] { $tone ->
        [note] 請求書{ $count }件（合計{ $amount }）について
        [last] 【最終のお知らせ】請求書{ $count }件（合計{ $amount }）のお支払い
        [firm] 【お支払い期日超過】請求書{ $count }件（合計{ $amount }）のお支払いをお願いいたします
        [ask] 【お支払い期日超過】請求書{ $count }件（合計{ $amount }）
       *[reminder] 【お知らせ】請求書{ $count }件（合計{ $amount }）のお支払い
    }
}
invoice_overdue-opening = { $due ->
    [known] 請求書{ $number }（{ $amount }）のお支払い期日は{ $day }でしたが、まだご入金を確認できておりません。
   *[unknown] 請求書{ $number }（{ $amount }）のお支払い期日が過ぎておりますが、まだご入金を確認できておりません。
}
invoice_overdue-rest = { $due ->
    [known] 請求書{ $number }について{ $paid }をお支払いいただき、ありがとうございます。残額{ $amount }のお支払い期日は{ $day }でした。
   *[unknown] 請求書{ $number }について{ $paid }をお支払いいただき、ありがとうございます。残額{ $amount }のお支払い期日が過ぎております。
}
invoice_overdue-credited = この金額は、クレジットノート（{ $credit }）を差し引いた後の金額です。
invoice_overdue-slipped = 念のためご連絡いたしました。ご確認いただけますと幸いです。
invoice_overdue-several = 以下の請求書のお支払い期日が過ぎており、次の金額が未払いとなっております。
invoice_overdue-line = { $due ->
    [known] • { $number }：{ $amount }（期日{ $day }）
   *[unknown] • { $number }：{ $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }：{ $amount }（{ $paid }のお支払い後の残額、期日{ $day }）
   *[unknown] • { $number }：{ $amount }（{ $paid }のお支払い後の残額）
}
invoice_overdue-ended = ご契約は終了しておりますが、上記の請求は未払いとなっております。
invoice_overdue-link = { $page ->
    [portal] 以下のページにログインして、内容の確認とお支払いができます。
   *[invoice] 以下のページから、内容の確認とお支払いができます。
}
invoice_overdue-links = 以下のページから、内容の確認とお支払いができます。
invoice_overdue-no-link = 請求書またはお振込先を再度ご入用の場合は、本メールにご返信ください。
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] 発注番号の不足、社内承認、請求ご担当者の変更など、お手伝いできることがございましたら、一言ご返信ください。私が対応いたします。
       *[company] 発注番号の不足、社内承認、請求ご担当者の変更など、お手伝いできることがございましたら、一言ご返信ください。弊社にて対応いたします。
    }
    [last] 7日以内にお支払いいただくか、難しいご事情がございましたらそれまでにお知らせください。次の手続きに進む前に、ご一緒に解決方法を見つけたいと考えております。
    [firm] 今週中にお支払いいただくか、お支払い予定日をお知らせください。請求内容にご異議がある場合は、その内容をお聞かせください。
    [ask] お支払い予定日をお知らせいただけますでしょうか。請求内容にご不明な点がございましたら、本メールにご返信ください。
   *[reminder] 請求内容にご不明な点がございましたら、本メールにご返信ください。
}
invoice_overdue-what = { $part ->
    [rest] 請求書{ $number }（残額{ $amount }）
   *[whole] 請求書{ $number }（{ $amount }）
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] 無料トライアルは{ $day }に終了します
       *[only] { letter-subscription }は{ $day }に終了します
    }
   *[unknown] { $what ->
        [trial] 無料トライアルの解約を承りました
       *[only] { letter-subscription }の解約を承りました
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] 無料トライアルの解約について（理由をお聞かせいただけますか）
       *[only] { save_offer-ends }（理由をお聞かせいただけますか）
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] 無料トライアルの解約を確認いたしました。トライアルは{ $day }に終了し、有料のご契約には移行しません。
       *[unknown] 無料トライアルの解約を確認いたしました。有料のご契約には移行しません。
    }
    [one] { $when ->
        [known] 解約のお手続きを確認いたしました。{ letter-subscription }は{ $day }に終了いたします。
       *[unknown] { letter-subscription }の解約を確認いたしました。
    }
   *[only] { $when ->
        [known] ご契約が{ $day }に終了することを確認いたしました。
       *[unknown] ご契約の解約を確認いたしました。
    }
}
save_offer-thanks = { $month }からご利用いただき、ありがとうございます。
save_offer-reason = { $reason ->
    [too_expensive] 料金が理由とのこと
    [missing_features] 必要な機能が足りなかったとのこと
    [switched_service] 他のサービスをお選びになったとのこと
    [unused] あまりご利用にならなかったとのこと
    [customer_service] 弊社の対応が至らなかったとのこと
    [too_complex] 使い方が複雑だったとのこと
   *[low_quality] 品質にご満足いただけなかったとのこと
}
save_offer-comment = { $reason ->
    [none] { $comment }とのご意見をお寄せくださり、ありがとうございます。
    [customer_service] 弊社の対応が至らず、誠に申し訳ございません。また、{ $comment }とのご意見をお寄せくださり、ありがとうございます。
    [low_quality] 品質にご満足いただけず、誠に申し訳ございません。また、{ $comment }とのご意見をお寄せくださり、ありがとうございます。
   *[other] { save_offer-reason }、また{ $comment }とのご意見をお寄せくださり、ありがとうございます。
}
save_offer-answer = { $reason ->
    [none] 差し支えなければ、解約をお決めになった理由をお聞かせいただけますか。一言ご返信いただければ、今後の改善に役立てます。
    [too_expensive] { save_offer-reason }、率直なご意見をお寄せくださり、ありがとうございます。
    [missing_features] { save_offer-reason }、どの機能か教えていただけますか。一言ご返信いただければ、今後の改善に役立てます。
    [switched_service] { save_offer-reason }、どのような点がよりご要望に合っていたか教えていただけますか。一言ご返信いただければ、今後の改善に役立てます。
    [unused] { save_offer-reason }、承知いたしました。
    [customer_service] { save_offer-reason }、誠に申し訳ございません。
    [too_complex] { save_offer-reason }、どの点でお困りになったか教えていただけますか。一言ご返信いただければ、今後の改善に役立てます。
   *[low_quality] { save_offer-reason }、誠に申し訳ございません。どの点に問題があったか教えていただけますか。一言ご返信いただければ、今後の改善に役立てます。
}
save_offer-answer-trial = お探しのものは見つかりましたでしょうか。一言ご返信いただければ、今後の改善に役立てます。
save_offer-offer = { $reason ->
    [too_expensive] ご継続いただける条件がございましたら、本メールにご返信ください。対応できることを検討いたします。
    [missing_features] この点についての弊社の考えをお知りになりたい場合は、本メールにご返信ください。
    [switched_service] もしご期待に沿わないことがございましたら、いつでもお戻りをお待ちしております。
    [unused] { $pause ->
        [yes] 解約ではなく一時停止をご希望の場合は、本メールにご返信ください。
       *[no] ご相談がございましたら、本メールにご返信ください。
    }
    [customer_service] まだ解決していないことがございましたら、本メールにご返信ください。ご継続の有無にかかわらず対応いたします。
    [too_complex] 終了前に一緒に確認することをご希望でしたら、本メールにご返信ください。
    [low_quality] まだ解決していないことがございましたら、本メールにご返信ください。ご継続の有無にかかわらず対応いたします。
   *[other] { $pause ->
        [yes] ご相談、または解約ではなく一時停止をご希望の場合は、本メールにご返信ください。
       *[no] ご相談がございましたら、本メールにご返信ください。
    }
}
save_offer-offer-trial = お試し期間の延長をご希望でしたら、本メールにご返信ください。
save_offer-until = { $day }までは、これまでと変わりございません。
save_offer-behind = なお、直近のお支払いがまだ完了しておりません。
save_offer-open-one = なお、以下のお支払いが未完了です。
save_offer-open-several = なお、以下のお支払いが未完了です。
save_offer-open-line = { $due ->
    [known] 請求書{ $number }の{ $amount }（期日{ $day }）。
   *[unknown] 請求書{ $number }の{ $amount }（決済が完了していません）。
}
save_offer-open-link = 以下のページからお支払いいただけます。
save_offer-rest = { $rest ->
    [behind] そのほかに必要なお手続きはございません。
    [silent] ご意向に変わりがなければ、必要なお手続きはございません。
   *[other] そのほかに必要なお手続きはございません。
}


## subscription_ended

subscription_ended-subject = { letter-subscription }は{ $day }に終了しました
subscription_ended-opening = { $why ->
    [unpaid] お支払いを完了できなかったため、{ letter-subscription }は{ $day }に終了いたしました。
   *[other] { letter-subscription }は{ $day }に終了いたしました。
}
subscription_ended-owed = 請求書{ $number }の{ $amount }が未払いとなっております。
subscription_ended-thanks = { $month }からご利用いただき、誠にありがとうございました。
subscription_ended-back = { $reason ->
    [too_expensive] 再度ご利用いただける条件がございましたら、本メールにご返信ください。対応できることを検討いたします。
    [missing_features] この点についての弊社の考えをお知りになりたい場合は、本メールにご返信ください。
    [switched_service] もしご期待に沿わないことがございましたら、いつでもお戻りをお待ちしております。本メールにご返信ください。
    [unused] 再度ご利用になる際は、本メールにご返信ください。
    [customer_service] まだ解決していないことがございましたら、本メールにご返信ください。対応いたします。
    [too_complex] お手伝いしながら再度お試しいただくことも可能です。ご希望の場合は、本メールにご返信ください。
    [low_quality] まだ解決していないことがございましたら、本メールにご返信ください。対応いたします。
    [unpaid] 継続をご希望の場合は、本メールにご返信ください。
    [owing] お支払いいただいてもご契約は再開されませんので、継続をご希望の場合は本メールにご返信ください。
    [unknown] お心当たりがない場合、または再開をご希望の場合は、本メールにご返信ください。
    [asked] 再開をご希望の際は、本メールにご返信ください。
    [stays] 弊社で改善できることがございましたら、一言ご返信ください。
   *[none] 弊社で改善できることがございましたら、または再開をご希望の際は、一言ご返信ください。
}


## trial_ending

trial_ending-subject = 無料トライアルは{ $day }に終了します
trial_ending-trial = { $named ->
    [yes] 「{ $plan }」の無料トライアル
   *[no] 無料トライアル
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial }は{ $day }に終了します。同日に初回のお支払い{ $amount }が発生しますが、お支払い方法がまだ登録されていません。
    [tax] { trial_ending-trial }は{ $day }に終了します。同日に初回のお支払い{ $amount }（税別）が発生しますが、お支払い方法がまだ登録されていません。
   *[unknown] { trial_ending-trial }は{ $day }に終了します。その後は料金が発生しますが、お支払い方法がまだ登録されていません。
}
trial_ending-without = { $missing ->
    [cancel] ご登録がない場合、ご契約はトライアルとともに終了し、料金は発生しません。
   *[pause] ご登録がない場合、トライアル終了時にご契約は一時停止となり、料金は発生しません。
}
trial_ending-link = トライアル終了後も継続される場合は、以下のページからお支払い方法をご登録ください。
trial_ending-no-link = トライアル終了後も継続される場合は、本メールにご返信ください。お支払い方法を登録するための安全なリンクをお送りします。カード情報をメールでお送りにならないようお願いいたします。
trial_ending-stop = { $missing ->
    [create_invoice] 継続されない場合は、終了日より前に一言ご返信ください。
   *[other] 継続されない場合は、お手続きは不要です。
}
