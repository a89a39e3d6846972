// Express's static files, with octet-stream configured. Arguments: port, folder.
import express from "express";

const [port, folder] = process.argv.slice(2);
const octetStream = (response) => response.setHeader("Content-Type", "application/octet-stream");
const app = express();
app.use(express.static(folder, { setHeaders: octetStream }));
app.listen(Number(port), "127.0.0.1");
