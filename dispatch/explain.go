package dispatch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// explain turns a transport error into a reason, by its type and by how far the
// exchange had come.
func (w *watch) explain(err error) (reason Reason, detail string) {
	w.mu.Lock()
	at := w.at
	w.mu.Unlock()
	if refusal, ok := blocked(err); ok {
		return BlockedTarget, refusal.Error()
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsTimeout {
			return TimeoutDNS, dns.Name
		}
		return DNS, dns.Name
	}
	if isTimeout(err) {
		return timeoutReasons[at], ""
	}
	if reason, detail := explainTLS(err, at); reason != "" {
		return reason, detail
	}
	return explainConnection(err, at)
}

var timeoutReasons = map[phase]Reason{
	phaseStart: TimeoutConnect, phaseDNS: TimeoutDNS, phaseConnect: TimeoutConnect,
	phaseTLS: TimeoutTLS, phaseHeaders: TimeoutHeaders, phaseBody: TimeoutBody,
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

func explainTLS(err error, at phase) (reason Reason, detail string) {
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && unknown.Cert != nil {
		return TLSCertificate, "it is signed by an unknown authority"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return TLSCertificate, "it is not for " + name.Host
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return TLSCertificate, "it has expired, or is not valid yet"
		}
		return TLSCertificate, cleanText([]byte(invalid.Error()))
	}
	if verification, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return TLSCertificate, cleanText([]byte(verification.Err.Error()))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return TLSHandshake, "the port does not speak https"
	}
	if at == phaseTLS {
		return TLSHandshake, lastPart(err)
	}
	return "", ""
}

func explainConnection(err error, at phase) (reason Reason, detail string) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return ConnectionRefused, address(err)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ConnectionReset, ""
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return Unreachable, address(err)
	case at < phaseTLS:
		return Unreachable, lastPart(err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), isServerClosed(err):
		return NoAnswer, ""
	case strings.Contains(err.Error(), spokeFirst):
		return BadAnswer, "it sent data before the request"
	default:
		return BadAnswer, lastPart(err)
	}
}

// Texts of two net/http errors that have no exported type.
const (
	closedIdle = "server closed idle connection"
	spokeFirst = "readLoopPeekFailLocked"
)

func isServerClosed(err error) bool { return strings.Contains(err.Error(), closedIdle) }

// address returns where a connection failed; empty where that is inside a network, as it
// can be where private addresses are allowed.
func address(err error) string {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Addr == nil {
		return ""
	}
	if at, err := netip.ParseAddrPort(op.Addr.String()); err != nil || !isPublic(at.Addr()) {
		return ""
	}
	return op.Addr.String()
}

// lastPart returns the innermost message of an error, cut to be readable.
func lastPart(err error) string {
	const most = 200
	text := err.Error()
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		text = inner.Error()
	}
	if len(text) > most {
		text = text[:most] + "…"
	}
	return cleanText([]byte(text))
}
