# Las palabras de los correos a clientes, en español. La forma de un archivo así se explica en en.ftl.


## letter

letter-greeting = Hola, { $name }:
letter-greeting-nameless = Hola:
letter-closing =
    Muchas gracias,
    { $company }
letter-closing-nameless = Muchas gracias.
letter-paid-already = Si ya ha pagado, no tenga en cuenta este correo.

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] adeudo bancario
    [ach_debit] adeudo bancario
    [au_becs_debit] adeudo bancario
    [bacs_debit] adeudo bancario
    [nz_bank_account] adeudo bancario
    [sepa_debit] adeudo SEPA
    [us_bank_account] adeudo bancario
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] transferencia bancaria
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] método de pago
}
letter-card = { $named ->
    [none] tarjeta
    [card] tarjeta { $brand }
   *[brand] tarjeta { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }terminada en { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }en { $wallet }
}
# Un adeudo; cualquier otro método es un cobro. Ambos son masculinos.
letter-debit = { $method ->
    [sepa_debit] adeudo SEPA
    [acss_debit] adeudo bancario
    [ach_debit] adeudo bancario
    [au_becs_debit] adeudo bancario
    [bacs_debit] adeudo bancario
    [nz_bank_account] adeudo bancario
    [us_bank_account] adeudo bancario
   *[other] cobro
}
letter-has-expired = { $method ->
    [card] su { letter-card } ha caducado
   *[other] su método de pago ha caducado
}


## card_update

card_update-payments = { $count ->
    [one] su pago de { $amounts }
   *[other] sus pagos de { $amounts }
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Acción necesaria: no hemos podido cobrar { card_update-payments }
       *[other] Acción necesaria: no hemos podido cobrar { card_update-payments }
    }
    [third] Acción necesaria: el pago de { $amounts } sigue sin completarse
    [second] { $count ->
        [one] Recordatorio: { card_update-payments } no se ha completado
       *[other] Recordatorio: { card_update-payments } no se han completado
    }
   *[first] { $count ->
        [one] Su pago de { $amounts } no se ha completado
       *[other] Sus pagos de { $amounts } no se han completado
    }
}
card_update-collect = { $part ->
    [rest] el importe pendiente de { $amount } de la factura { $number }
   *[whole] su pago de { $amount } por la factura { $number }
}
card_update-failed = { $how ->
    [trial] Su período de prueba ha terminado y el primer pago de su suscripción, { $amount } por la factura { $number }, no se ha completado
    [expired] No hemos podido cobrar { card_update-collect }, ya que { letter-has-expired }
    [uncollected] No hemos podido cobrar { card_update-collect }
    [repeated] Hemos intentado { $attempt } veces cobrar { card_update-collect }, sin éxito
    [returned] Su banco ha devuelto nuestro { letter-debit } de { $amount } por la factura { $number }
    [second] Un segundo intento de cobrar { card_update-collect } tampoco se ha completado
    [declined] Su banco ha rechazado el cargo de { $amount } en su { letter-card } por la factura { $number }
   *[other] { $part ->
        [rest] El pago del importe pendiente de { $amount } de la factura { $number } no se ha completado
       *[whole] Su pago de { $amount } por la factura { $number } no se ha completado
    }
}
card_update-opening = { $then ->
    [ended] { card_update-failed }, y su suscripción ha terminado. El importe sigue pendiente; pagarlo no reactiva la suscripción. Si desea continuar, responda a este correo.
    [last] { card_update-failed }, y no está previsto ningún otro intento.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Estos pagos, { $amounts } en total, no se han completado, ya que { letter-has-expired }:
   *[no] Estos pagos, { $amounts } en total, no se han completado:
}
card_update-line = • { $amount } por la factura { $number }

card_update-link = { $method ->
    [card] Puede pagar o actualizar su tarjeta aquí, en un minuto:
   *[other] Puede pagar o cambiar su método de pago aquí, en un minuto:
}
card_update-links = { $method ->
    [card] Puede pagarlos o actualizar su tarjeta aquí, en un minuto:
   *[other] Puede pagarlos o cambiar su método de pago aquí, en un minuto:
}
card_update-no-link = { $method ->
    [card] Responda a este correo y le enviaremos un enlace seguro para pagar o actualizar su tarjeta.
   *[other] Responda a este correo y le enviaremos un enlace seguro para pagar o cambiar su método de pago.
}
card_update-retry = { $method ->
    [card] Si no, volveremos a intentarlo con su tarjeta el { $day }.
   *[other] Si no, volveremos a intentarlo con su método de pago el { $day }.
}

card_update-note-subject = { $count ->
    [one] Su pago de { $amounts } por la factura { $numbers }
   *[other] Sus pagos de { $amounts } por las facturas { $numbers }
}
card_update-note-payments = { $count ->
    [one] su pago de { $amounts } por la factura { $numbers } no se ha completado
   *[other] sus pagos de { $amounts } por las facturas { $numbers } no se han completado
}
card_update-note = { $why ->
    [expired] Quería escribirle personalmente: { card_update-note-payments }, ya que { letter-has-expired }.
    [trial] Quería escribirle personalmente: { card_update-note-payments } al final de su período de prueba.
    [debit] Quería escribirle personalmente: { card_update-note-payments } mediante { letter-debit }.
   *[other] Quería escribirle personalmente: { card_update-note-payments }.
}
card_update-note-ask = ¿Hay algo por nuestra parte que lo impida, como un límite, una orden de compra o un nuevo contacto para las facturas? Basta con una línea de respuesta y me ocuparé de ello.
card_update-note-link = Aquí está la factura; también puede pagarla de otra forma:
card_update-note-ignore = Si el pago ya está en camino, no tenga en cuenta este correo.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] su pago de { $amount }
   *[other] sus pagos de { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Recordatorio: confirme { authenticate_payment-what }
   *[no] Confirme { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Su banco sigue esperando a que confirme el pago de { $amount } por la factura { $number }. Hasta entonces no se puede completar.
   *[no] Su banco le pide que confirme el pago de { $amount } por la factura { $number }. Es un control de seguridad habitual; el pago se completará en cuanto lo confirme.
}
authenticate_payment-several = { $again ->
    [yes] Su banco sigue esperando a que confirme los pagos de { $amount }:
   *[no] Su banco le pide que confirme los pagos de { $amount }:
}
authenticate_payment-line = • { $amount } por la factura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Hasta entonces no se pueden completar.
   *[no] Es un control de seguridad habitual; los pagos se completarán en cuanto los confirme.
}
authenticate_payment-link = Puede confirmarlo aquí, en un minuto:
authenticate_payment-links = Puede confirmarlos aquí, en un minuto:
authenticate_payment-no-link = Responda a este correo y le enviaremos un enlace seguro para confirmarlo.
authenticate_payment-ignore = Si ya lo ha confirmado, no tenga en cuenta este correo.

authenticate_payment-verify-subject = Verifique su cuenta bancaria para su pago de { $amount }
authenticate_payment-verify = Su pago de { $amount } por la factura { $number } está a la espera de que se verifique su cuenta bancaria. En su extracto verá para ello uno o dos pequeños ingresos, o un código.
authenticate_payment-verify-link = Puede introducirlos aquí:
authenticate_payment-verify-no-link = Si tiene alguna pregunta, responda a este correo.
authenticate_payment-verify-ignore = Si ya la ha verificado, no tenga en cuenta este correo.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Su { letter-card } ha caducado
    [known] Su { letter-card } caduca a finales de { $month }
   *[soon] Su { letter-card } caduca pronto
}
card_expiring-opening = { $when ->
    [expired] Su { letter-card } caducó a finales de { $month }. Para que sus pagos continúen sin interrupción, facilítenos la nueva en cuanto la tenga.
    [known] Su { letter-card } caduca a finales de { $month }. Para que sus pagos continúen sin interrupción, facilítenos la nueva en cuanto la tenga.
   *[soon] Su { letter-card } caduca pronto. Para que sus pagos continúen sin interrupción, facilítenos la nueva en cuanto la tenga.
}
card_expiring-next = Su próximo pago vence el { $day }.
card_expiring-link = Puede registrar la nueva tarjeta aquí, en un minuto:
card_expiring-no-link = Responda a este correo y le enviaremos un enlace seguro para actualizar su tarjeta. Por favor, no envíe datos de la tarjeta por correo.
card_expiring-ignore = Si ya la ha actualizado, no tenga en cuenta este correo.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Factura { $number } por { $amount }
        [last] Último recordatorio: factura { $number } por { $amount }
        [firm] Vencida: factura { $number } por { $amount }, le rogamos que la pague ahora
        [ask] Vencida: factura { $number } por { $amount }
       *[reminder] Recordatorio: factura { $number } por { $amount }
    }
   *[other] { $tone ->
        [note] { $count } facturas por { $amount }
        [last] Último recordatorio: { $count } facturas por { $amount }
        [firm] Vencidas: { $count } facturas por { $amount }, le rogamos que las pague ahora
        [ask] Vencidas: { $count } facturas por { $amount }
       *[reminder] Recordatorio: { $count } facturas por { $amount }
    }
}
invoice_overdue-note = Quería escribirle personalmente.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] La factura { $number } por { $amount } vencía el { $day }, hace { $days } día, y todavía no hemos recibido su pago.
           *[other] La factura { $number } por { $amount } vencía el { $day }, hace { $days } días, y todavía no hemos recibido su pago.
        }
       *[today] La factura { $number } por { $amount } vencía el { $day }, y todavía no hemos recibido su pago.
    }
   *[unknown] La factura { $number } por { $amount } ha vencido, y todavía no hemos recibido su pago.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } vencía el { $day }, hace { $days } día.
           *[other] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } vencía el { $day }, hace { $days } días.
        }
       *[today] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } vencía el { $day }.
    }
   *[unknown] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } ha vencido.
}
invoice_overdue-slipped = Quizá simplemente se haya pasado por alto.
invoice_overdue-several = Estas facturas han vencido, y todavía no hemos recibido su pago:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, con vencimiento el { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (tras su pago de { $paid }), con vencimiento el { $day }
   *[unknown] • { $number }: { $amount } (tras su pago de { $paid })
}
invoice_overdue-ended = Su suscripción ha terminado; esta factura, del período anterior, sigue pendiente.
invoice_overdue-link = Puede verla y pagarla aquí:
invoice_overdue-links = Puede verlas y pagarlas aquí:
invoice_overdue-no-link = Responda a este correo si necesita de nuevo la factura o nuestros datos bancarios.
invoice_overdue-close = { $tone ->
    [note] ¿Hay algo por nuestra parte que retrase el pago, como una orden de compra, una aprobación o un nuevo contacto para las facturas? Basta con una línea de respuesta y me ocuparé de ello.
    [last] { $count ->
        [one] Le rogamos que la pague en los próximos siete días, o que nos diga hasta entonces qué lo impide; preferimos encontrar una solución con usted antes que pasar el asunto a otros.
       *[other] Le rogamos que las pague en los próximos siete días, o que nos diga hasta entonces qué lo impide; preferimos encontrar una solución con usted antes que pasar el asunto a otros.
    }
    [firm] Le rogamos que realice el pago esta semana, o que nos indique la fecha en que podemos esperarlo. Si no está conforme con algo de la factura, díganos con qué.
    [ask] ¿Podría decirnos cuándo podemos esperar el pago? Si algo de la factura no está claro, responda a este correo y lo aclararemos.
   *[reminder] Si algo de la factura no está claro, responda a este correo.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] Su período de prueba termina el { $day }
       *[only] Su suscripción termina el { $day }
    }
   *[unknown] { $kind ->
        [trial] Su período de prueba va a terminar
       *[only] Su suscripción va a terminar
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends }: ¿podemos preguntarle por qué?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] Hemos visto que ha cancelado su período de prueba. Termina el { $day } y no se convertirá en una suscripción de pago.
       *[unknown] Hemos visto que ha cancelado su período de prueba. No se convertirá en una suscripción de pago.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] Hemos visto que una de sus suscripciones, { $plan }, termina el { $day }.
           *[no] Hemos visto que una de sus suscripciones termina el { $day }.
        }
       *[unknown] { $named ->
            [yes] Hemos visto que ha cancelado una de sus suscripciones, { $plan }.
           *[no] Hemos visto que ha cancelado una de sus suscripciones.
        }
    }
   *[only] { $when ->
        [known] Hemos visto que su suscripción termina el { $day }.
       *[unknown] Hemos visto que ha cancelado su suscripción.
    }
}
save_offer-thanks = Gracias por confiar en nosotros desde { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Nos ha dicho que el motivo es el precio
    [missing_features] Nos ha dicho que le faltaba algo
    [switched_service] Nos ha dicho que ha encontrado otro servicio
    [unused] Nos ha dicho que no lo usaba lo suficiente
    [customer_service] Nos ha dicho que nuestra atención no estuvo a la altura
    [too_complex] Nos ha dicho que era demasiado complicado
   *[low_quality] Nos ha dicho que la calidad no estuvo a la altura
}
save_offer-comment = { $reason ->
    [none] Nos ha escrito: { $comment } Gracias por decírnoslo.
    [customer_service] Lo sentimos. { save_offer-reason }, y ha escrito: { $comment } Gracias por decírnoslo.
    [low_quality] Lo sentimos. { save_offer-reason }, y ha escrito: { $comment } Gracias por decírnoslo.
   *[other] { save_offer-reason }, y ha escrito: { $comment } Gracias por decírnoslo.
}
save_offer-answer = { $reason ->
    [none] ¿Nos diría qué le ha llevado a decidirlo? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [too_expensive] { save_offer-reason }. Gracias por su franqueza.
    [missing_features] { save_offer-reason }. ¿Qué función era? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [switched_service] { save_offer-reason }. ¿Qué hace mejor para usted? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Lo sentimos.
    [too_complex] { save_offer-reason }. ¿Dónde encontró dificultades? Basta con una línea de respuesta, y nos ayuda a mejorar.
   *[low_quality] { save_offer-reason }. Lo sentimos. ¿Qué falló? Basta con una línea de respuesta, y nos ayuda a mejorar.
}
save_offer-answer-trial = ¿Hacía lo que buscaba? Basta con una línea de respuesta, y nos ayuda a mejorar.
save_offer-offer = { $reason ->
    [too_expensive] Si hay condiciones en las que todavía le merecería la pena, responda a este correo y veremos qué podemos hacer.
    [missing_features] Si quiere saber si está previsto, responda a este correo.
    [switched_service] Si al final no le convence, nos alegrará que vuelva.
    [unused] { $pause ->
        [yes] Si prefiere pausar la suscripción un tiempo en lugar de terminarla, responda a este correo.
       *[no] Si quiere comentarlo, responda a este correo.
    }
    [customer_service] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello, tanto si se queda como si no.
    [too_complex] Si quiere que lo veamos juntos antes de que termine, responda a este correo.
    [low_quality] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello, tanto si se queda como si no.
   *[other] { $pause ->
        [yes] Si quiere comentarlo, o pausar la suscripción un tiempo en lugar de terminarla, responda a este correo.
       *[no] Si quiere comentarlo, responda a este correo.
    }
}
save_offer-offer-trial = Si le ayudaría tener más tiempo para probarlo, responda a este correo.
save_offer-until = Hasta el { $day } todo puede seguir como hasta ahora.
save_offer-behind = Queda una cosa pendiente: el último pago todavía no se ha completado.
save_offer-open-one = Queda una cosa pendiente:
save_offer-open-several = Quedan algunos pagos pendientes:
save_offer-open-line = { $due ->
    [known] { $amount } de la factura { $number }, que vencía el { $day }.
   *[unknown] { $amount } de la factura { $number }, cuyo pago no se ha completado.
}
save_offer-open-link = Puede pagarla aquí:
save_offer-rest = { $rest ->
    [behind] Por lo demás, no tiene que hacer nada más.
    [silent] Si su decisión es firme, no tiene que hacer nada más.
   *[other] Por lo demás, no tiene que hacer nada.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } terminó el { $day }
subscription_ended-what = { $kind ->
    [named] Su suscripción a { $plan }
    [one] Una de sus suscripciones
   *[only] Su suscripción
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } terminó el { $day }, porque no se pudo cobrar el pago.
   *[other] { subscription_ended-what } terminó el { $day }.
}
subscription_ended-thanks = Gracias por haber confiado en nosotros desde { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Si hay condiciones en las que le volvería a merecer la pena, responda a este correo y veremos qué podemos hacer.
    [missing_features] Si quiere saber si está previsto, responda a este correo.
    [switched_service] Si al final no le convence, nos alegrará que vuelva: basta con responder a este correo.
    [unused] Si algún día vuelve a necesitarlo, basta con responder a este correo.
    [customer_service] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello.
    [too_complex] Si quiere probarlo de nuevo con nuestra ayuda, responda a este correo.
    [low_quality] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello.
    [unpaid] Si desea continuar, responda a este correo.
    [unknown] Si no lo esperaba, o si quiere volver, responda a este correo.
    [asked] Si algún día quiere volver, basta con responder a este correo.
    [stays] Si hay algo que podamos mejorar, basta con una línea de respuesta.
   *[none] Si se ha ido por algo que podamos arreglar, o si algún día quiere volver, basta con una línea de respuesta.
}


## trial_ending

trial_ending-subject = Su período de prueba termina el { $day }
trial_ending-trial = { $named ->
    [yes] Su período de prueba de { $plan }
   *[no] Su período de prueba
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina el { $day }. El primer pago, { $amount }, vence ese día, y todavía no hay ningún método de pago para él.
    [tax] { trial_ending-trial } termina el { $day }. El primer pago, { $amount } más impuestos, vence ese día, y todavía no hay ningún método de pago para él.
   *[unknown] { trial_ending-trial } termina el { $day }. Después se cobrará su suscripción, y todavía no hay ningún método de pago para ella.
}
trial_ending-without = { $missing ->
    [cancel] Sin él, su suscripción termina con la prueba y no se cobra nada.
   *[pause] Sin él, su suscripción queda en pausa al terminar la prueba y no se cobra nada.
}
trial_ending-link = Para continuar después de la prueba, puede añadir uno aquí:
trial_ending-no-link = Para continuar después de la prueba, responda a este correo y le enviaremos un enlace seguro para añadir uno. Por favor, no envíe datos de la tarjeta por correo.
trial_ending-stop = { $missing ->
    [create_invoice] Si prefiere no continuar, díganoslo antes de ese día: basta con una línea de respuesta.
   *[other] Si prefiere no continuar, no tiene que hacer nada.
}
