// One realistic mistake: the few lines for `Range` that stand in many answers and blog posts, copied as they are.
//
// They serve what a browser asks first, so the recording plays. They do not know suffixes, do not clamp an end beyond
// the file, and never refuse.

import { createReadStream, statSync } from 'node:fs';

export default function sendRecording(request, response, file) {
  const fileSize = statSync(file).size;
  const { range } = request.headers;
  if (range) {
    const parts = range.replace(/bytes=/, '').split('-');
    const start = parseInt(parts[0], 10);
    const end = parts[1] ? parseInt(parts[1], 10) : fileSize - 1;
    response.writeHead(206, {
      'Content-Range': `bytes ${start}-${end}/${fileSize}`,
      'Accept-Ranges': 'bytes',
      'Content-Length': end - start + 1,
      'Content-Type': 'application/octet-stream',
    });
    createReadStream(file, { start, end }).pipe(response);
  } else {
    response.writeHead(200, { 'Content-Length': fileSize, 'Content-Type': 'application/octet-stream' });
    createReadStream(file).pipe(response);
  }
}
