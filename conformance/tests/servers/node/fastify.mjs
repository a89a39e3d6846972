// @fastify/static, with octet-stream configured. Arguments: port, folder.
import files from "@fastify/static";
import fastify from "fastify";

const [port, folder] = process.argv.slice(2);
const octetStream = (reply) => reply.header("Content-Type", "application/octet-stream");
const app = fastify();
app.register(files, { root: folder, setHeaders: octetStream });
await app.listen({ port: Number(port), host: "127.0.0.1" });
