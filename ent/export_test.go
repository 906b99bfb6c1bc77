package ent

// NewTxDriver is what NewTxClient's client speaks through.
var NewTxDriver = newTxDriver
