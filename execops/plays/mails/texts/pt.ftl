# As palavras dos e-mails aos clientes, em português. A forma de um arquivo destes está explicada em en.ftl.


## letter

letter-greeting = Olá, { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Olá,
letter-closing =
    Muito obrigado,
    { $company }
letter-closing-nameless = Muito obrigado.
letter-paid-already = Se já efetuou o pagamento, desconsidere este e-mail.

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] débito bancário
    [ach_debit] débito bancário
    [au_becs_debit] débito bancário
    [bacs_debit] débito bancário
    [nz_bank_account] débito bancário
    [sepa_debit] débito SEPA
    [us_bank_account] débito bancário
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] transferência bancária
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] método de pagamento
}
letter-card = { $named ->
    [none] cartão
    [card] cartão { $brand }
   *[brand] cartão { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }terminado em { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }em { $wallet }
}
letter-debit = { $method ->
    [sepa_debit] débito SEPA
    [acss_debit] débito bancário
    [ach_debit] débito bancário
    [au_becs_debit] débito bancário
    [bacs_debit] débito bancário
    [nz_bank_account] débito bancário
    [us_bank_account] débito bancário
   *[other] pedido de pagamento
}
letter-your-method = { $method ->
    [card] o seu { letter-card }
   *[other] o seu método de pagamento
}
letter-closing-signed =
    Muito obrigado e cordiais saudações,
    { $signer }
    { $company }
letter-closing-signed-only =
    Muito obrigado e cordiais saudações,
    { $signer }
letter-personal = Escrevo pessoalmente para tratar deste assunto.
letter-quote = { $end ->
    [own] “{ $words }”
   *[none] “{ $words }”.
}
letter-payment = { $method ->
    [amazon_pay] pagamento com Amazon Pay
    [cashapp] pagamento com Cash App Pay
    [link] pagamento com Link
    [paypal] pagamento com PayPal
    [revolut_pay] pagamento com Revolut Pay
   *[other] pagamento
}
letter-price = { $every ->
    [year] { $price } por ano
   *[month] { $price } por mês
}
letter-subscription = { $kind ->
    [named] A sua assinatura “{ $plan }”
    [priced] A sua assinatura de { letter-price }
    [one] Uma das suas assinaturas
   *[only] A sua assinatura
}
letter-staying = { $count ->
    [one] A sua outra assinatura continua.
   *[other] As suas outras assinaturas continuam.
}


## card_update

card_update-payments = { $count ->
    [one] o seu pagamento de { $amounts }
   *[other] os seus { $count } pagamentos, { $amounts } no total
}
card_update-subject = { $stage ->
    [last] Ação necessária: não conseguimos cobrar { card_update-payments }
    [third] { $count ->
        [one] Ação necessária: o pagamento de { $amounts } ainda não foi concluído
       *[other] Ação necessária: { $count } pagamentos ainda não foram concluídos, { $amounts } no total
    }
    [second] { $count ->
        [one] Lembrete: { card_update-payments } não foi concluído
       *[other] Lembrete: { card_update-payments }, não foram concluídos
    }
   *[first] { $count ->
        [one] O seu pagamento de { $amounts } não foi concluído
       *[other] Os seus { $count } pagamentos, { $amounts } no total, não foram concluídos
    }
}
card_update-collect = { $part ->
    [rest] o valor restante de { $amount } da fatura { $number }
   *[whole] o seu { letter-payment } de { $amount } da fatura { $number }
}
card_update-failed = { $how ->
    [trial] O seu período de teste terminou e o primeiro pagamento da assinatura, { $amount } da fatura { $number }, não foi concluído
    [expired] Não conseguimos cobrar { card_update-collect }, porque { letter-your-method } expirou
    [uncollected] Não conseguimos cobrar { card_update-collect }
    [repeated] Após { $attempt } tentativas, não conseguimos cobrar { card_update-collect }
    [returned] O seu banco devolveu o nosso { letter-debit } { card_update-amount } da fatura { $number }
    [second] Também numa segunda tentativa não conseguimos cobrar { card_update-collect }
    [declined] O seu banco recusou a cobrança { card_update-amount } no seu { letter-card } referente à fatura { $number }
   *[other] { $part ->
        [rest] O pagamento do valor restante de { $amount } da fatura { $number } não foi concluído
       *[whole] O seu { letter-payment } de { $amount } da fatura { $number } não foi concluído
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }, e não está prevista nenhuma outra tentativa.
   *[open] { card_update-failed }.
}
card_update-bank = O seu banco recusou a cobrança.
card_update-returned = { $why ->
    [closed] Segundo o banco, a conta está encerrada.
    [unknown] Segundo o banco, a conta não existe.
    [blocked] Segundo o banco, a conta não aceita débitos neste momento.
    [limit] Segundo o banco, o valor ultrapassa um limite da conta.
    [holder] Segundo o banco, o nome do titular da conta não corresponde.
   *[mandate] Segundo o banco, o débito não está autorizado.
}
card_update-hint = { $why ->
    [another] Utilize outro cartão, pois é provável que o banco volte a recusar este.
    [details] Os dados do cartão podem não estar corretos: verifique o número, a validade e o código de segurança.
    [address] O endereço de cobrança guardado pode não estar correto: verifique o código postal.
    [ask] O seu banco pode informar o motivo.
   *[stopped] Segundo o banco, os pagamentos a nosso favor foram suspensos.
}
card_update-stopped = Se foi o seu desejo, responda a este e-mail, indicando como pretende continuar.
card_update-on-file = { $method ->
    [card] O cartão guardado é o seu { letter-card }.
   *[other] A conta guardada termina em { $ending }.
}
card_update-several = { $expired ->
    [yes] Estes pagamentos, { $amounts } no total, não foram concluídos, porque { letter-your-method } expirou:
   *[no] Estes pagamentos, { $amounts } no total, não foram concluídos:
}
card_update-line = • { $amount } da fatura { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Entre na sua conta aqui para pagar ou atualizar o seu cartão:
       *[other] Entre na sua conta aqui para pagar ou alterar o seu método de pagamento:
    }
   *[invoice] { $method ->
        [card] Pode pagar a fatura ou atualizar o seu cartão aqui, em apenas um minuto:
       *[other] Pode pagar a fatura ou alterar o seu método de pagamento aqui, em apenas um minuto:
    }
}
card_update-links = { $method ->
    [card] Pode pagar as faturas ou atualizar o seu cartão aqui, em apenas um minuto:
   *[other] Pode pagar as faturas ou alterar o seu método de pagamento aqui, em apenas um minuto:
}
card_update-no-link = { $method ->
    [card] Responda a este e-mail e enviaremos um link seguro para pagar a fatura ou atualizar o seu cartão.
   *[other] Responda a este e-mail e enviaremos um link seguro para pagar a fatura ou alterar o seu método de pagamento.
}
card_update-retry = { $method ->
    [card] Caso contrário, tentaremos novamente com o seu cartão em { $day }.
   *[other] Caso contrário, tentaremos novamente com o seu método de pagamento em { $day }.
}

card_update-note-subject = { $count ->
    [one] O seu pagamento de { $amounts } da fatura { $numbers } não foi concluído
   *[other] Os seus pagamentos das faturas { $numbers }, { $amounts } no total, não foram concluídos
}
card_update-note-payments = { $count ->
    [one] O seu { letter-payment } de { $amounts } da fatura { $numbers } não foi concluído
   *[other] Os seus pagamentos das faturas { $numbers }, { $amounts } no total, não foram concluídos
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, porque { letter-your-method } expirou.
    [trial] { card_update-note-payments } no final do seu período de teste.
    [debit] { $count ->
        [one] O { letter-method } de { $amounts } da fatura { $numbers } não foi concluído.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] Posso ajudar em alguma coisa, por exemplo { card_update-note-such }? Basta uma linha de resposta, e eu resolvo o assunto.
   *[company] Podemos ajudar em alguma coisa, por exemplo { card_update-note-such }? Basta uma linha de resposta, e nós resolvemos o assunto.
}
card_update-note-link = { $page ->
    [portal] Entre na sua conta aqui para ver a fatura; também pode pagá-la de outra forma:
   *[invoice] Aqui está a fatura; também pode pagá-la de outra forma:
}
card_update-note-ignore = { $count ->
    [one] Se o pagamento já está a caminho, desconsidere este e-mail.
   *[other] Se os pagamentos já estão a caminho, desconsidere este e-mail.
}
card_update-amount = { $part ->
    [rest] do valor restante de { $amount }
   *[whole] de { $amount }
}
card_update-note-such = { $method ->
    [card] com o limite do cartão, um número de pedido que falta ou um novo contato de faturamento
   *[other] com um número de pedido que falta, uma aprovação ou um novo contato de faturamento
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] o seu pagamento de { $amount }
   *[other] os seus { $count } pagamentos, { $amount } no total
}
authenticate_payment-subject = { $again ->
    [yes] Lembrete: pedimos que confirme { authenticate_payment-what }
   *[no] Pedimos que confirme { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] O seu banco ainda aguarda que confirme o pagamento de { $amount } da fatura { $number }. Até lá, ele não pode ser concluído.
   *[no] O seu banco pede que confirme o pagamento de { $amount } da fatura { $number }. É uma verificação de segurança habitual; o pagamento poderá ser concluído após a sua confirmação.
}
authenticate_payment-several = { $again ->
    [yes] O seu banco ainda aguarda que confirme { $count } pagamentos, { $amount } no total:
   *[no] O seu banco pede que confirme { $count } pagamentos, { $amount } no total:
}
authenticate_payment-line = • { $amount } da fatura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Até lá, eles não podem ser concluídos.
   *[no] É uma verificação de segurança habitual; os pagamentos poderão ser concluídos após a sua confirmação.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Entre na sua conta aqui para confirmar o pagamento:
       *[other] Entre na sua conta aqui para confirmar os pagamentos:
    }
   *[invoice] { $count ->
        [one] Pode confirmá-lo aqui, em apenas um minuto:
       *[other] Pode confirmá-los aqui, em apenas um minuto:
    }
}
authenticate_payment-links = Pode confirmá-los aqui, em apenas um minuto:
authenticate_payment-no-link = { $count ->
    [one] Responda a este e-mail e enviaremos um link seguro para confirmar o pagamento.
   *[other] Responda a este e-mail e enviaremos links seguros para confirmar os pagamentos.
}
authenticate_payment-ignore = { $count ->
    [one] Se já confirmou o pagamento, desconsidere este e-mail.
   *[other] Se já confirmou os pagamentos, desconsidere este e-mail.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Falta verificar a sua conta bancária
   *[payment] Falta verificar a sua conta bancária para o pagamento de { $amount }
}
authenticate_payment-verify-what = { $what ->
    [invoice] O seu pagamento de { $amount } da fatura { $number } poderá ser concluído assim que a sua conta bancária for verificada.
    [payment] O seu pagamento de { $amount } poderá ser concluído assim que a sua conta bancária for verificada.
   *[setup] A sua conta bancária poderá ser usada nos seus pagamentos assim que for verificada.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Para isso, encontrará no seu extrato um ou dois pequenos depósitos, ou um depósito com um código.
authenticate_payment-verify-arrives = Chegarão até { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] Entre na sua conta aqui para informar os valores ou o código:
   *[invoice] Pode informar os valores ou o código aqui:
}
authenticate_payment-verify-no-link = Em caso de dúvida, responda a este e-mail.
authenticate_payment-verify-ignore = Se já verificou a sua conta, desconsidere este e-mail.


## card_expiring

card_expiring-subject = { $when ->
    [expired] O seu { letter-card } expirou
    [known] O seu { letter-card } expira no final de { $month }
   *[soon] O seu { letter-card } expira em breve
}
card_expiring-opening = { $when ->
    [expired] O seu { letter-card } expirou no final de { $month }. Para que os seus pagamentos continuem sem interrupção, adicione o seu novo cartão assim que o tiver.
    [known] O seu { letter-card } expira no final de { $month }. Para que os seus pagamentos continuem sem interrupção, adicione o seu novo cartão assim que o tiver.
   *[soon] O seu { letter-card } expira em breve. Para que os seus pagamentos continuem sem interrupção, adicione o seu novo cartão assim que o tiver.
}
card_expiring-next = { $next ->
    [first] O seu primeiro pagamento, de { $amount }, está previsto para { $day }, no fim do seu período de teste.
    [known] O seu próximo pagamento, de { $amount }, está previsto para { $day }.
   *[unknown] O seu próximo pagamento está previsto para { $day }.
}
card_expiring-link = Entre na sua conta aqui para adicionar o novo cartão:
card_expiring-no-link = Responda a este e-mail e enviaremos um link seguro para atualizar o seu cartão. Por favor, não envie dados do cartão por e-mail.
card_expiring-ignore = Se já atualizou o cartão, desconsidere este e-mail.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] { $amount } em aberto na fatura { $number }
           *[whole] Fatura { $number } de { $amount }
        }
        [last] Último lembrete: { invoice_overdue-what }
        [firm] Pagamento vencido: { invoice_overdue-what }
        [ask] Pagamento vencido: { invoice_overdue-what }
       *[reminder] Lembrete: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } faturas, { $amount } no total
        [last] Último lembrete: { $count } faturas, { $amount } no total
        [firm] Pagamento vencido: { $count } faturas, { $amount } no total
        [ask] Pagamento vencido: { $count } faturas, { $amount } no total
       *[reminder] Lembrete: { $count } faturas, { $amount } no total
    }
}
invoice_overdue-opening = { $due ->
    [known] A fatura { $number } de { $amount } venceu em { $day }, e ainda não recebemos o seu pagamento.
   *[unknown] A fatura { $number } de { $amount } está vencida, e ainda não recebemos o seu pagamento.
}
invoice_overdue-rest = { $due ->
    [known] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } venceu em { $day }.
   *[unknown] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } está vencido.
}
invoice_overdue-credited = Uma nota de crédito de { $credit } já foi descontada deste valor.
invoice_overdue-slipped = Talvez tenha sido um simples esquecimento.
invoice_overdue-several = Estas faturas estão vencidas, e estes valores continuam em aberto:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, vencimento em { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (após o seu pagamento de { $paid }), vencimento em { $day }
   *[unknown] • { $number }: { $amount } (após o seu pagamento de { $paid })
}
invoice_overdue-ended = { $count ->
    [one] A sua assinatura terminou; esta fatura continua em aberto.
   *[other] A sua assinatura terminou; estas faturas continuam em aberto.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Entre na sua conta aqui para ver a fatura e pagar o restante:
           *[whole] Entre na sua conta aqui para vê-la e pagá-la:
        }
       *[other] Entre na sua conta aqui para vê-las e pagá-las:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Pode ver a fatura e pagar o restante aqui:
           *[whole] Pode vê-la e pagá-la aqui:
        }
       *[other] Pode vê-las e pagá-las aqui:
    }
}
invoice_overdue-links = Pode vê-las e pagá-las aqui:
invoice_overdue-no-link = Responda a este e-mail se precisar novamente da fatura ou dos nossos dados bancários.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Há algo que atrase o pagamento e em que eu possa ajudar, como um número de pedido que falta, uma aprovação ou um novo contato de faturamento? Basta uma linha de resposta, e eu resolvo o assunto.
       *[company] Há algo que atrase o pagamento e em que possamos ajudar, como um número de pedido que falta, uma aprovação ou um novo contato de faturamento? Basta uma linha de resposta, e nós resolvemos o assunto.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Pedimos que pague o restante nos próximos sete dias, ou que nos diga até lá o que impede o pagamento; preferimos encontrar uma solução em conjunto a tomar outras medidas.
           *[whole] Pedimos que a pague nos próximos sete dias, ou que nos diga até lá o que impede o pagamento; preferimos encontrar uma solução em conjunto a tomar outras medidas.
        }
       *[other] Pedimos que as pague nos próximos sete dias, ou que nos diga até lá o que impede o pagamento; preferimos encontrar uma solução em conjunto a tomar outras medidas.
    }
    [firm] { $count ->
        [one] Pedimos que efetue o pagamento esta semana, ou que nos indique a data em que podemos contar com ele. Se contesta algo na fatura, indique o que contesta.
       *[other] Pedimos que efetue o pagamento esta semana, ou que nos indique a data em que podemos contar com ele. Se contesta algo nas faturas, indique o que contesta.
    }
    [ask] { $count ->
        [one] Em que data podemos contar com o pagamento? Se algo na fatura não estiver claro, responda a este e-mail, e nós esclarecemos.
       *[other] Em que data podemos contar com o pagamento? Se algo nas faturas não estiver claro, responda a este e-mail, e nós esclarecemos.
    }
   *[reminder] { $count ->
        [one] Se algo na fatura não estiver claro, responda a este e-mail.
       *[other] Se algo nas faturas não estiver claro, responda a este e-mail.
    }
}
invoice_overdue-what = { $part ->
    [rest] { $amount } em aberto na fatura { $number }
   *[whole] fatura { $number } de { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] O seu período de teste termina em { $day }
       *[only] { letter-subscription } termina em { $day }
    }
   *[unknown] { $what ->
        [trial] O seu período de teste vai terminar
       *[only] { letter-subscription } vai terminar
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Cancelou o seu período de teste: podemos perguntar o motivo?
       *[only] { save_offer-ends }: podemos perguntar o motivo?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Vimos que cancelou o seu período de teste. Ele termina em { $day } e não se tornará uma assinatura paga.
       *[unknown] Vimos que cancelou o seu período de teste. Ele não se tornará uma assinatura paga.
    }
    [one] { $when ->
        [known] Recebemos o seu cancelamento. { letter-subscription } termina em { $day }.
       *[unknown] Recebemos o seu cancelamento. { letter-subscription } vai terminar.
    }
   *[only] { $when ->
        [known] Vimos que a sua assinatura termina em { $day }.
       *[unknown] Vimos que cancelou a sua assinatura.
    }
}
save_offer-thanks = Obrigado pela confiança desde { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Indicou que o motivo foi o preço
    [missing_features] Indicou que sentiu falta de alguma coisa
    [switched_service] Indicou que encontrou outro serviço
    [unused] Indicou que não o usava o suficiente
    [customer_service] Indicou que o nosso atendimento ficou aquém do esperado
    [too_complex] Indicou que era muito complicado
   *[low_quality] Indicou que a qualidade ficou aquém do esperado
}
save_offer-comment = { $reason ->
    [none] Na sua mensagem: { $comment } Obrigado pela franqueza.
    [customer_service] Lamentamos muito. { save_offer-reason }, e escreveu: { $comment } Obrigado pela franqueza.
    [low_quality] Lamentamos muito. { save_offer-reason }, e escreveu: { $comment } Obrigado pela franqueza.
   *[other] { save_offer-reason }, e escreveu: { $comment } Obrigado pela franqueza.
}
save_offer-answer = { $reason ->
    [none] Podemos perguntar o que motivou a sua decisão? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
    [too_expensive] { save_offer-reason }. Obrigado pela franqueza.
    [missing_features] { save_offer-reason }. De que função sentiu falta? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
    [switched_service] { save_offer-reason }. O que ele lhe oferece a mais? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Lamentamos muito.
    [too_complex] { save_offer-reason }. Onde encontrou dificuldades? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
   *[low_quality] { save_offer-reason }. Lamentamos muito. O que não funcionou? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
}
save_offer-answer-trial = Encontrou o que procurava? Basta uma linha de resposta; ela ajuda a melhorar o nosso serviço.
save_offer-offer = { $reason ->
    [too_expensive] Se houver condições em que ainda valeria a pena continuar, responda a este e-mail e veremos o que podemos fazer.
    [missing_features] Se quiser saber em que ponto estamos, responda a este e-mail.
    [switched_service] Se no fim não for o que procura, ficaremos felizes com o seu retorno.
    [unused] { $pause ->
        [yes] Se preferir pausar a assinatura por algum tempo em vez de terminá-la, responda a este e-mail.
       *[no] Se quiser conversar sobre isso, responda a este e-mail.
    }
    [customer_service] Se ainda houver algo por resolver, responda a este e-mail e trataremos do assunto, mesmo que não fique.
    [too_complex] Se quiser que vejamos isso em conjunto antes disso, responda a este e-mail.
    [low_quality] Se ainda houver algo por resolver, responda a este e-mail e trataremos do assunto, mesmo que não fique.
   *[other] { $pause ->
        [yes] Se quiser conversar sobre isso, ou pausar a assinatura por algum tempo em vez de terminá-la, responda a este e-mail.
       *[no] Se quiser conversar sobre isso, responda a este e-mail.
    }
}
save_offer-offer-trial = Se quiser mais tempo para experimentar, responda a este e-mail.
save_offer-until = Até { $day }, nada muda.
save_offer-behind = Há um pagamento pendente: o último pagamento ainda não foi concluído.
save_offer-open-one = Falta pagar
save_offer-open-several = Faltam estes pagamentos:
save_offer-open-line = { $due ->
    [known] { $amount } da fatura { $number }, que venceu em { $day }.
   *[unknown] { $amount } da fatura { $number }; o pagamento não foi concluído.
}
save_offer-open-link = Pode pagá-la aqui:
save_offer-rest = { $rest ->
    [behind] Fora isso, não precisa fazer mais nada.
    [silent] Se a sua decisão está tomada, não precisa fazer mais nada.
   *[other] Fora isso, não precisa fazer mais nada.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } terminou em { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } terminou em { $day }, porque não conseguimos cobrar o pagamento.
   *[other] { letter-subscription } terminou em { $day }.
}
subscription_ended-owed = Da fatura { $number } continua em aberto o valor de { $amount }.
subscription_ended-thanks = Obrigado pela confiança desde { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Se houver condições em que voltaria a valer a pena, responda a este e-mail e veremos o que podemos fazer.
    [missing_features] Se quiser saber em que ponto estamos, responda a este e-mail.
    [switched_service] Se no fim não for o que procura, ficaremos felizes com o seu retorno: basta responder a este e-mail.
    [unused] Se um dia voltar a precisar, basta responder a este e-mail.
    [customer_service] Se ainda houver algo por resolver, responda a este e-mail e trataremos do assunto.
    [too_complex] Se quiser experimentar de novo com a nossa ajuda, responda a este e-mail.
    [low_quality] Se ainda houver algo por resolver, responda a este e-mail e trataremos do assunto.
    [unpaid] Se desejar continuar, responda a este e-mail.
    [owing] O pagamento não reativa a assinatura; se desejar continuar, responda a este e-mail.
    [unknown] Se não esperava isto, ou se quiser voltar, responda a este e-mail.
    [asked] Se um dia quiser voltar, basta responder a este e-mail.
    [stays] Se houver algo que possamos melhorar, basta uma linha de resposta.
   *[none] Se saiu por algo que possamos melhorar, ou se um dia quiser voltar, basta uma linha de resposta.
}


## trial_ending

trial_ending-subject = O seu período de teste termina em { $day }
trial_ending-trial = { $named ->
    [yes] O seu período de teste de “{ $plan }”
   *[no] O seu período de teste
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina em { $day }. O primeiro pagamento, de { $amount }, está previsto para esse dia, e ainda não há um método de pagamento registrado.
    [tax] { trial_ending-trial } termina em { $day }. O primeiro pagamento, de { $amount } mais impostos, está previsto para esse dia, e ainda não há um método de pagamento registrado.
   *[unknown] { trial_ending-trial } termina em { $day }. Depois disso, a sua assinatura será cobrada, e ainda não há um método de pagamento registrado.
}
trial_ending-without = { $missing ->
    [cancel] Sem um método de pagamento, a sua assinatura termina com o teste, e nada é cobrado.
   *[pause] Sem um método de pagamento, a sua assinatura fica em pausa no final do teste, e nada é cobrado.
}
trial_ending-link = Para continuar depois do teste, pode adicionar um aqui:
trial_ending-no-link = Para continuar depois do teste, responda a este e-mail e enviaremos um link seguro para adicionar um. Por favor, não envie dados do cartão por e-mail.
trial_ending-stop = { $missing ->
    [create_invoice] Se preferir não continuar, avise antes dessa data: basta uma linha de resposta.
   *[other] Se preferir não continuar, não precisa fazer nada.
}
