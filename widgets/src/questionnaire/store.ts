/** What the device keeps: its id, the queue of messages, the answer that is not finished, the counts of doors. */
import type { Body } from "./wave.js";

const KEPT = "kept";
const QUEUE = "queue";
const DEVICE = "device";
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

interface Device {
  readonly id: string;
  /** The number of its next message. */
  readonly next: number;
}

/** A message as it was written: its line never changes. */
export interface Waiting {
  readonly sequence: number;
  readonly line: string;
}

/** An id: 128 bits by chance, written as the core reads them. */
export function freshId(): string {
  let value = crypto.getRandomValues(new Uint8Array(16)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  for (let place = 0; place < 26; place += 1) {
    text = `${ALPHABET[Number(value & 31n)]}${text}`;
    value >>= 5n;
  }
  return text;
}

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Store {
  private constructor(private readonly base: IDBDatabase) {}

  static async open(): Promise<Store> {
    const request = indexedDB.open("c3ms-survey", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT);
      request.result.createObjectStore(QUEUE, { keyPath: "sequence" });
    };
    const store = new Store(await answered(request));
    await store.#change(async (kept) => void (await device(kept)));
    return store;
  }

  async deviceId(): Promise<string> {
    return (await this.get<Device>(DEVICE))?.id ?? "";
  }

  get<T>(key: string): Promise<T | undefined> {
    return answered<T | undefined>(this.base.transaction(KEPT).objectStore(KEPT).get(key));
  }

  put(key: string, value: unknown): Promise<void> {
    return this.#change(async (kept) => void kept.put(value, key));
  }

  delete(key: string): Promise<void> {
    return this.#change(async (kept) => void kept.delete(key));
  }

  /**
   * Puts a message into the queue with the next number; `besides` is written with it or not at all (`undefined`
   * deletes). When the promise is kept, all of it is on the disk.
   */
  async push(body: Body, besides: Readonly<Record<string, unknown>> = {}): Promise<number> {
    let sequence = 0;
    await this.#change(async (kept, queue) => {
      const { id, next } = await device(kept);
      sequence = next;
      queue.add({ sequence, line: JSON.stringify({ device: id, sequence, ...body }) } satisfies Waiting);
      kept.put({ id, next: next + 1 } satisfies Device, DEVICE);
      for (const [key, value] of Object.entries(besides)) {
        if (value === undefined) kept.delete(key);
        else kept.put(value, key);
      }
    });
    return sequence;
  }

  /** The messages that nobody has acknowledged, by their numbers. */
  queue(): Promise<Waiting[]> {
    return answered<Waiting[]>(this.base.transaction(QUEUE).objectStore(QUEUE).getAll());
  }

  /** Forgets messages. */
  forget(sequences: readonly number[]): Promise<void> {
    return this.#change(async (_, queue) => sequences.forEach((sequence) => queue.delete(sequence)));
  }

  #change(work: (kept: IDBObjectStore, queue: IDBObjectStore) => Promise<void>): Promise<void> {
    const transaction = this.base.transaction([KEPT, QUEUE], "readwrite", { durability: "strict" });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      transaction.onerror = () => reject(transaction.error);
      work(transaction.objectStore(KEPT), transaction.objectStore(QUEUE)).catch((error: unknown) => {
        reject(error);
        transaction.abort();
      });
    });
  }
}

/** The device; drawn where there is none yet. */
async function device(kept: IDBObjectStore): Promise<Device> {
  const known = await answered<Device | undefined>(kept.get(DEVICE));
  if (known) return known;
  const drawn: Device = { id: freshId(), next: 1 };
  kept.put(drawn, DEVICE);
  return drawn;
}

/** What the answer of `c3ms survey capture --json` says of devices and of what it did not keep. */
interface Captured {
  readonly devices: readonly { device: string; through: number; highest: number; missing: readonly [number, number][] }[];
  readonly refused?: readonly { kept: boolean; message?: { device?: string; sequence?: number } | string }[];
}

export interface Acknowledged {
  /** The messages that may be forgotten. */
  readonly safe: readonly number[];
  /** From which to which number it must send again. */
  readonly missing: readonly (readonly [number, number])[];
}

/** Reads an acknowledgement; nothing where it does not speak of this device. Throws for what is none. */
export function acknowledged(text: string, device: string, queue: readonly Waiting[]): Acknowledged | null {
  const { devices, refused = [] } = JSON.parse(text) as Captured;
  const own = devices.find((other) => other.device === device);
  if (!own) return null;
  if (!Number.isSafeInteger(own.through) || !Array.isArray(own.missing)) throw new Error("no acknowledgement");
  // What the cooperative did not keep, this device has alone.
  const alone = new Set(
    refused.flatMap(({ kept, message }) =>
      !kept && typeof message === "object" && message.device === device ? [message.sequence] : [],
    ),
  );
  const safe = queue.map(({ sequence }) => sequence).filter((sequence) => sequence <= own.through && !alone.has(sequence));
  return { safe, missing: own.missing };
}
