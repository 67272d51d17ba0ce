/**
 * Backups over the admin API: what there is, a new one, and the way back.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { BackupPart, Backups, RestoreMode } from '../backup/backups.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'

export async function listBackups({ backups }: Administered): Promise<AdminAnswer> {
  const { remote, local } = await kept(backups).list()
  return { body: { ...(remote && { remote: remote.map(dated), last: await kept(backups).last() }), local: local.map(dated) } }
}

export async function makeBackup({ backups }: Administered): Promise<AdminAnswer> {
  return { status: 201, body: dated(await kept(backups).make()) }
}

export async function testBackups({ backups }: Administered): Promise<AdminAnswer> {
  return { body: { ok: true, ...(await kept(backups).test()) } }
}

/** The file is written first, and used then: where it cannot be, that is told, and the file before is in `backups/`. */
export async function restoreBackup(admin: Administered, { names: [name], body }: AdminAsk): Promise<AdminAnswer> {
  const { mode, only } = await body()
  const restored = await kept(admin.backups).restore({
    ...(name !== 'latest' && { name: name! }),
    ...(mode !== undefined && { mode: oneOf<RestoreMode>('mode', mode, ['keep-local', 'overwrite']) }),
    ...(only !== undefined && { only: oneOf<BackupPart>('only', only, ['config', 'ledger']) }),
  })
  const { revision } = restored.config?.changed ? await admin.reload() : admin.now()
  return { body: restored, revision }
}

const kept = (backups: Backups | undefined): Backups =>
  backups ??
  fail({ kind: 'conflict', message: 'This gateway has no backups: it was not started by "cc-route serve". Back up where it is made.' })

const dated = <T extends { at: number }>({ at, ...rest }: T) => ({ ...rest, at: new Date(at).toISOString() })

const oneOf = <T extends string>(name: string, value: unknown, options: readonly T[]): T =>
  options.find((option) => option === value) ??
  fail({ kind: 'invalid-request', message: `"${name}" is one of ${options.join(', ')}.`, param: name })
