package scalar

// Texts lists the values of each of these enums, as the database has them.
func Texts() map[string][]string {
	lists := map[string][]string{}
	for name, e := range map[string]texts{
		"Actor":               actors,
		"AttributedBy":        attributedBys,
		"AuditAction":         auditActions,
		"AuditChannel":        auditChannels,
		"AuditEntity":         auditEntities,
		"CallResult":          callResults,
		"CappedBy":            cappedBys,
		"DeliveryReason":      deliveryReasons,
		"FindingCode":         findingCodes,
		"FiringRule":          firingRules,
		"MacroGroup":          macroGroups,
		"PresetKind":          presetKinds,
		"Scenario":            scenarios,
		"SecretKind":          secretKinds,
		"SetupStepKey":        setupStepKeys,
		"StatusChangeOutcome": statusChangeOutcomes,
		"TemplateErrorCode":   templateErrorCodes,
	} {
		lists[name] = e.values
	}
	return lists
}
