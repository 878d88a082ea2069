// The same work as a team would do it in Node: a transaction per command with `pg`, and every changed
// task sent to the browsers of its tenant with socket.io (none is connected while it is measured).

import { randomUUID } from 'node:crypto'
import http from 'node:http'
import pg from 'pg'
import { Server } from 'socket.io'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 })
pool.on('connect', (client) => client.query('SET ROLE lajur_journal'))

// stands for what authentication would find
const tenant = (await pool.query('SELECT id FROM tenants')).rows[0].id

const server = http.createServer(answer)
const io = new Server(server)
io.on('connection', (socket) => socket.join(socket.handshake.auth.tenant))

const ACTIONS = {
  complete: { from: ['pending', 'in_progress'], to: 'completed', kind: 'task.completed' },
  reopen: { from: ['completed'], to: 'in_progress', kind: 'task.reopened' },
}
const COMMAND = /^\/api\/v1\/pipeline\/tasks\/([0-9a-f-]{36})\/(complete|reopen)$/
const SORTS = { due_at: 't.due_at ASC', '-due_at': 't.due_at DESC', name: 'j.name ASC' }

async function answer(request, response) {
  try {
    const url = new URL(request.url, 'http://bench')
    const command = request.method === 'POST' && COMMAND.exec(url.pathname)
    if (command) {
      const [, id, action] = command
      const { task, seq } = await changeTask(id, ACTIONS[action])
      io.to(tenant).emit('task', { seq, task })
      send(response, 200, { ok: true, data: task, meta: { seq } })
    } else if (url.pathname === '/api/v1/pipeline/tasks') {
      send(response, 200, await listTasks(url.searchParams))
    } else if (url.pathname === '/health/ready') {
      send(response, 200, { ok: true })
    } else {
      send(response, 404, { ok: false })
    }
  } catch (error) {
    send(response, error.status ?? 500, { ok: false, error: error.message })
  }
}

function send(response, status, body) {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function changeTask(id, { from, to, kind }) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const found = await client.query('SELECT * FROM pipeline_tasks WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
      tenant,
      id,
    ])
    const before = found.rows[0]
    if (!before) throw Object.assign(new Error('no such task'), { status: 404 })
    if (!from.includes(before.status)) throw Object.assign(new Error(`it is ${before.status}`), { status: 409 })
    const updated = await client.query(
      `UPDATE pipeline_tasks SET status = $3, completed_at = CASE WHEN $3 = 'completed' THEN now() END,
              version = version + 1, updated_at = now()
       WHERE tenant_id = $1 AND id = $2 RETURNING *`,
      [tenant, id, to],
    )
    const task = updated.rows[0]
    const head = await client.query('UPDATE tenants SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq', [tenant])
    const seq = Number(head.rows[0].last_seq)
    const command = randomUUID()
    await client.query(
      `INSERT INTO events (tenant_id, seq, batch_id, command_id, occurred_at, principal_type, kind, subject_type,
                           subject_id, stage_id, labels, before, after, request_id)
       VALUES ($1, $2, $3, $3, now(), 'system', $4, 'task', $5, $6, $7, $8, $9, 'bench')`,
      [
        tenant,
        seq,
        command,
        kind,
        id,
        task.stage_id,
        { role: task.assigned_role, jamaah: task.jamaah_id },
        { status: before.status, version: before.version },
        task,
      ],
    )
    await client.query('COMMIT')
    return { task, seq }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

async function listTasks(query) {
  const limit = Number(query.get('limit') ?? 20)
  const page = Number(query.get('page') ?? 1)
  const where = ['t.tenant_id = $1', "t.status IN ('pending', 'in_progress', 'blocked')"]
  const values = [tenant]
  const filters = { role: 't.assigned_role', priority: 't.priority', stage: 's.code' }
  for (const [name, column] of Object.entries(filters)) {
    if (query.has(name)) where.push(`${column} = $${values.push(query.get(name))}`)
  }
  const tables = `pipeline_tasks t
     JOIN jamaah j ON j.tenant_id = t.tenant_id AND j.id = t.jamaah_id
     JOIN jamaah_pipeline_status p ON p.tenant_id = t.tenant_id AND p.jamaah_id = t.jamaah_id
     JOIN departures d ON d.tenant_id = p.tenant_id AND d.id = p.departure_id
     JOIN pipeline_stages s ON s.tenant_id = t.tenant_id AND s.id = t.stage_id`
  const condition = where.join(' AND ')
  const [{ rows }, counted] = await Promise.all([
    pool.query(
      `SELECT t.*, j.name AS jamaah_name, j.phone AS jamaah_phone, s.code AS stage_code,
              d.id AS departure_id, d.code AS departure_code, d.departure_date, p.risk
       FROM ${tables} WHERE ${condition}
       ORDER BY ${SORTS[query.get('sort')] ?? SORTS.due_at} LIMIT ${limit} OFFSET ${(page - 1) * limit}`,
      values,
    ),
    pool.query(
      `SELECT count(*) FROM pipeline_tasks t JOIN pipeline_stages s ON s.tenant_id = t.tenant_id AND s.id = t.stage_id
       WHERE ${condition}`,
      values,
    ),
  ])
  return { ok: true, data: rows, meta: { page, limit, total: Number(counted.rows[0].count) } }
}

server.listen(Number(process.env.PORT), '127.0.0.1')
