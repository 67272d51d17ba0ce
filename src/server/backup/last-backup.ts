/**
 * When backups were made and tried, for all processes of this user on this machine.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, tryParse } from '../../core/json.ts'
import { writePrivate } from '../config/write.ts'
import type { LastBackup } from './backups.ts'

const fileIn = (folder: string) => join(folder, 'last.json')

const read = async (folder: string): Promise<Record<string, unknown>> => {
  const held = tryParse(await readFile(fileIn(folder), 'utf8').catch(() => ''))
  return isObject(held) ? held : {}
}

/** @param place tells the server's folder and whose backups they are */
export async function readLast(folder: string, place: string): Promise<LastBackup> {
  const all = await read(folder)
  const found = Object.hasOwn(all, place) && isObject(all[place]) ? all[place] : {}
  const { made, tried, failure } = found
  return {
    ...(typeof made === 'number' && { made }),
    ...(typeof tried === 'number' && { tried }),
    ...(typeof failure === 'string' && { failure }),
  }
}

export async function writeLast(folder: string, place: string, last: LastBackup): Promise<void> {
  await writePrivate(fileIn(folder), JSON.stringify({ ...(await read(folder)), [place]: last }))
}
