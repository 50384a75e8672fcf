"""A throw-away certificate authority: made at the start, good for two days and a few host names, its key never written."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = datetime.timedelta(days=2)


class Authority:
    """Signs for the given hosts only: a critical name constraint binds even whoever should steal the key.

    ``file`` holds the public half, for REQUESTS_CA_BUNDLE. Half-way through its life the authority makes itself anew in
    the same file, so that a demo which is left running goes on; requests reads the file for every connection.
    """

    def __init__(self, hosts: frozenset[str], file: Path) -> None:
        self._hosts = hosts
        self._file = file
        self._lock = threading.Lock()
        self._renew()

    def context_for(self, host: str) -> ssl.SSLContext:
        """A server-side TLS context for one of the hosts; KeyError for any other."""
        if host not in self._hosts:
            raise KeyError(host)
        with self._lock:
            if datetime.datetime.now(datetime.UTC) > self._made_at + LIFE / 2:
                self._renew()
            if host not in self._contexts:
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def _renew(self) -> None:
        self._made_at = datetime.datetime.now(datetime.UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        # A name of its own: OpenSSL must not take an older certificate of the same name for the issuer.
        common_name = f"Tanggap demo (throw-away) {self._made_at:%Y-%m-%d %H:%M:%S}"
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        self._contexts: dict[str, ssl.SSLContext] = {}
        draft = self._file.with_suffix(".new")
        draft.write_bytes(self._sign_itself().public_bytes(Encoding.PEM))
        draft.replace(self._file)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _sign_itself(self) -> x509.Certificate:
        everywhere = [x509.IPAddress(ipaddress.ip_network(network)) for network in ("0.0.0.0/0", "::/0")]
        names = x509.NameConstraints([x509.DNSName(host) for host in sorted(self._hosts)], everywhere)
        return (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(names, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _make_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # the clients open a session per call and never come back with a ticket
        # ssl loads keys from files only; this one lives for a moment in a private file (mkstemp: 0600).
        handle, name = tempfile.mkstemp(prefix="tanggap-demo-", suffix=".pem")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                file.write(certificate.public_bytes(Encoding.PEM))
            context.load_cert_chain(name)
        finally:
            os.unlink(name)
        return context


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
