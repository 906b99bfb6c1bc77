package ent

// NewTxDriver is the driver of NewTxClient's client.
var NewTxDriver = newTxDriver
