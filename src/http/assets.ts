import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { sha256Base64url } from '../core/index.ts';

/** A file that browsers may keep for ever, because its address carries the hash of its content. */
export interface Asset {
  href: string;
  type: string;
  bytes: Buffer;
  gzipped: Buffer;
}

/** The fixed table of static files; nothing is ever looked up on disk by a name from outside. */
export interface Assets {
  /** The address of an asset. @throws {Error} when the table has no such name */
  hrefOf(name: string): string;
  /** Answers the request when it asks for an asset in its present content; false when there is no such thing. */
  serve(ctx: Context, hash: string, name: string): boolean;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const packaged = createRequire(import.meta.url);

/** Name -> file: Pico and the WebAuthn library from their packages, and everything in views/css and views/js. */
function assetFiles(viewsFolder: string): Map<string, string> {
  const webauthn = path.join(
    path.dirname(packaged.resolve('@simplewebauthn/browser')),
    '../dist/bundle/index.umd.min.js',
  );
  const files = new Map([
    ['pico.css', packaged.resolve('@picocss/pico/css/pico.min.css')],
    ['webauthn.js', webauthn],
  ]);
  for (const folder of ['css', 'js']) {
    for (const name of readdirSync(path.join(viewsFolder, folder))) {
      if (types[path.extname(name)]) files.set(name, path.join(viewsFolder, folder, name));
    }
  }
  return files;
}

/** Reads all static files once, at the start. */
export function loadAssets(viewsFolder: string): Assets {
  const table = new Map<string, Asset>();
  for (const [name, file] of assetFiles(viewsFolder)) {
    const bytes = readFileSync(file);
    const hash = sha256Base64url(bytes).slice(0, 16);
    const type = types[path.extname(name)] ?? 'application/octet-stream';
    table.set(name, { href: `/assets/${hash}/${name}`, type, bytes, gzipped: gzipSync(bytes) });
  }
  return {
    hrefOf(name) {
      const asset = table.get(name);
      if (!asset) throw new Error(`no asset ${name}`);
      return asset.href;
    },
    serve(ctx, hash, name) {
      const asset = table.get(name);
      if (asset?.href !== `/assets/${hash}/${name}`) return false;
      const gzip = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.set('Vary', 'Accept-Encoding');
      if (gzip) ctx.set('Content-Encoding', 'gzip');
      ctx.set('Content-Type', asset.type);
      ctx.body = gzip ? asset.gzipped : asset.bytes;
      return true;
    },
  };
}
