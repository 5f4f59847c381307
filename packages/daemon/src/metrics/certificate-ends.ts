import { X509Certificate } from 'node:crypto'
import type { ServerCertificates } from '../certificates/server-certificates.ts'

/** A certificate that the daemon uses, and when it ends. */
export interface CertificateEnd {
  /** What it is for. */
  readonly name: 'server' | 'authority'
  /** Milliseconds since 1970. */
  readonly until: number
}

/** The server's own, and the one by which clients are known. */
export function certificateEnds(
  certificates: Pick<ServerCertificates, 'certificate' | 'material'> | undefined,
): readonly CertificateEnd[] {
  if (certificates === undefined) return []
  const { certificate, material } = certificates
  const authority = new X509Certificate(material.ca)
  return [
    { name: 'server', until: certificate.validToDate.getTime() },
    { name: 'authority', until: authority.validToDate.getTime() },
  ]
}
