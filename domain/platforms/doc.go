// Package platforms has the templates of integrations: what is known of the affiliate platforms and
// programmes that operators run, and the URL that an operator enters there to report conversions.
//
// The catalogue contains only what a page confirms: the vendor's own, a programme's, or a third
// party's; each template names it, and how much it is worth. What no page says is left out.
// What a platform calls amount is put into amount only where it is certain to be what the player
// paid; what it earns us is payout.
package platforms
