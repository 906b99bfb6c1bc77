// Package ids gives the keys of rows types of their own, so that the compiler refuses an offer's
// key where a campaign's is expected. ent's rows have int64 for all of them: a key is converted
// where it is read from a row, and where it is passed to ent. Zero stands for none.
package ids

// Affiliate is the key of an affiliate.
type Affiliate int64

// User is the key of a user.
type User int64

// Offer is the key of an offer.
type Offer int64

// Campaign is the key of a campaign.
type Campaign int64

// Postback is the key of a postback.
type Postback int64

// Tracker is the key of an affiliate's tracker.
type Tracker int64
