package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"postrider/backoffice"
	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/domain/presets"
	"postrider/intake"
	"postrider/internal/enum"
	"postrider/outbox"
	"postrider/setup"
	"postrider/testfire"
)

// texts is an enum whose values are plain strings in Go: those of the database.
type texts struct {
	values  []string
	written map[string]graphql.Marshaler
}

func textsOf[T ~string](values ...T) texts {
	e := texts{enum.Strings(values), map[string]graphql.Marshaler{"": graphql.Null}}
	for _, v := range e.values {
		e.written[v] = graphql.MarshalString(enum.Name(v))
	}
	return e
}

// write is null for none. A value that this version does not know, in a database that a newer one
// has written to, gets the name that it has there.
func (e texts) write(v string) graphql.Marshaler {
	if m, ok := e.written[v]; ok {
		return m
	}
	return graphql.WriterFunc(func(w io.Writer) { enum.Write(w, v) })
}

func (e texts) read(v any) (s string, err error) {
	err = enum.Read(v, &s, e.values)
	return s, err
}

// otherStatus is the reason HTTP_ and a number for every status without an explanation of its own.
const otherStatus dispatch.Reason = "HTTP_OTHER"

func deliveryReasonValues() []string {
	own := append(dispatch.Reasons(), dispatch.StatusReasons()...)
	return append(enum.Strings(append(own, otherStatus)), enum.Strings(outbox.Reasons())...)
}

var (
	actors               = textsOf(commission.Actors()...)
	attributedBys        = textsOf(intake.AttributedBy()...)
	auditActions         = textsOf(setup.Actions()...)
	auditChannels        = textsOf(setup.Channels()...)
	auditEntities        = textsOf(setup.Entities()...)
	callResults          = textsOf(intake.Results()...)
	cappedBys            = textsOf(intake.Caps()...)
	deliveryReasons      = textsOf(deliveryReasonValues()...)
	findingCodes         = textsOf(doctor.Codes()...)
	firingRules          = textsOf(firing.Rules()...)
	macroGroups          = textsOf(macro.Groups()...)
	presetKinds          = textsOf(presets.Kinds()...)
	scenarios            = textsOf(testfire.ScenarioKeys()...)
	secretKinds          = textsOf(inbound.SecretKinds()...)
	setupStepKeys        = textsOf(doctor.StepKeys()...)
	statusChangeOutcomes = textsOf(backoffice.LineOutcomes()...)
	templateErrorCodes   = textsOf(macro.Codes()...)
)

// MarshalActor writes a value of Actor.
func MarshalActor(v string) graphql.Marshaler { return actors.write(v) }

// UnmarshalActor reads a value of Actor.
func UnmarshalActor(v any) (string, error) { return actors.read(v) }

// MarshalAttributedBy writes a value of AttributedBy.
func MarshalAttributedBy(v string) graphql.Marshaler { return attributedBys.write(v) }

// UnmarshalAttributedBy reads a value of AttributedBy.
func UnmarshalAttributedBy(v any) (string, error) { return attributedBys.read(v) }

// MarshalAuditAction writes a value of AuditAction.
func MarshalAuditAction(v string) graphql.Marshaler { return auditActions.write(v) }

// UnmarshalAuditAction reads a value of AuditAction.
func UnmarshalAuditAction(v any) (string, error) { return auditActions.read(v) }

// MarshalAuditChannel writes a value of AuditChannel.
func MarshalAuditChannel(v string) graphql.Marshaler { return auditChannels.write(v) }

// UnmarshalAuditChannel reads a value of AuditChannel.
func UnmarshalAuditChannel(v any) (string, error) { return auditChannels.read(v) }

// MarshalAuditEntity writes a value of AuditEntity.
func MarshalAuditEntity(v string) graphql.Marshaler { return auditEntities.write(v) }

// UnmarshalAuditEntity reads a value of AuditEntity.
func UnmarshalAuditEntity(v any) (string, error) { return auditEntities.read(v) }

// MarshalCallResult writes a value of CallResult.
func MarshalCallResult(v string) graphql.Marshaler { return callResults.write(v) }

// UnmarshalCallResult reads a value of CallResult.
func UnmarshalCallResult(v any) (string, error) { return callResults.read(v) }

// MarshalCappedBy writes a value of CappedBy.
func MarshalCappedBy(v string) graphql.Marshaler { return cappedBys.write(v) }

// UnmarshalCappedBy reads a value of CappedBy.
func UnmarshalCappedBy(v any) (string, error) { return cappedBys.read(v) }

// MarshalDeliveryReason writes why a delivery waits or ended.
func MarshalDeliveryReason(v string) graphql.Marshaler {
	if _, own := deliveryReasons.written[v]; !own && dispatch.Reason(v).OfStatus() {
		v = string(otherStatus)
	}
	return deliveryReasons.write(v)
}

// UnmarshalDeliveryReason reads a value of DeliveryReason.
func UnmarshalDeliveryReason(v any) (string, error) { return deliveryReasons.read(v) }

// MarshalFindingCode writes a value of FindingCode.
func MarshalFindingCode(v string) graphql.Marshaler { return findingCodes.write(v) }

// UnmarshalFindingCode reads a value of FindingCode.
func UnmarshalFindingCode(v any) (string, error) { return findingCodes.read(v) }

// MarshalFiringRule writes a value of FiringRule.
func MarshalFiringRule(v string) graphql.Marshaler { return firingRules.write(v) }

// UnmarshalFiringRule reads a value of FiringRule.
func UnmarshalFiringRule(v any) (string, error) { return firingRules.read(v) }

// MarshalMacroGroup writes a value of MacroGroup.
func MarshalMacroGroup(v string) graphql.Marshaler { return macroGroups.write(v) }

// UnmarshalMacroGroup reads a value of MacroGroup.
func UnmarshalMacroGroup(v any) (string, error) { return macroGroups.read(v) }

// MarshalPresetKind writes a value of PresetKind.
func MarshalPresetKind(v string) graphql.Marshaler { return presetKinds.write(v) }

// UnmarshalPresetKind reads a value of PresetKind.
func UnmarshalPresetKind(v any) (string, error) { return presetKinds.read(v) }

// MarshalScenario writes a value of Scenario.
func MarshalScenario(v string) graphql.Marshaler { return scenarios.write(v) }

// UnmarshalScenario reads a value of Scenario.
func UnmarshalScenario(v any) (string, error) { return scenarios.read(v) }

// MarshalSecretKind writes a value of SecretKind.
func MarshalSecretKind(v string) graphql.Marshaler { return secretKinds.write(v) }

// UnmarshalSecretKind reads a value of SecretKind.
func UnmarshalSecretKind(v any) (string, error) { return secretKinds.read(v) }

// MarshalSetupStepKey writes a value of SetupStepKey.
func MarshalSetupStepKey(v string) graphql.Marshaler { return setupStepKeys.write(v) }

// UnmarshalSetupStepKey reads a value of SetupStepKey.
func UnmarshalSetupStepKey(v any) (string, error) { return setupStepKeys.read(v) }

// MarshalStatusChangeOutcome writes a value of StatusChangeOutcome.
func MarshalStatusChangeOutcome(v string) graphql.Marshaler { return statusChangeOutcomes.write(v) }

// UnmarshalStatusChangeOutcome reads a value of StatusChangeOutcome.
func UnmarshalStatusChangeOutcome(v any) (string, error) { return statusChangeOutcomes.read(v) }

// MarshalTemplateErrorCode writes a value of TemplateErrorCode.
func MarshalTemplateErrorCode(v string) graphql.Marshaler { return templateErrorCodes.write(v) }

// UnmarshalTemplateErrorCode reads a value of TemplateErrorCode.
func UnmarshalTemplateErrorCode(v any) (string, error) { return templateErrorCodes.read(v) }
