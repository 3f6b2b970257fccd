"use strict";
// The chat page. Everything a message says is put into the page as text nodes: never as HTML.
const $ = (selector) => document.querySelector(selector);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const faces = { private: "🔔", supergroup: "👥", channel: "📣" };
let state, room, topic = 0, replyTo = null, busy = {};

const post = (path, body) => fetch("/chat/" + path, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
}).then((answer) => answer.json());

// Text with entities: nested ranges in UTF-16 units, which is what JavaScript counts in.
function rich(text, entities) {
  const part = (from, to, inside) => {
    const pieces = [];
    while (inside.length) {
      const [first, ...rest] = inside, end = first.offset + first.length;
      if (first.offset > from) pieces.push(text.slice(from, first.offset));
      const within = rest.filter((one) => one.offset < end);
      pieces.push(shaped(first, text.slice(first.offset, end), part(first.offset, end, within)));
      inside = rest.filter((one) => one.offset >= end);
      from = end;
    }
    if (from < to) pieces.push(text.slice(from, to));
    return pieces;
  };
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return part(0, text.length, sorted);
}
const tags = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote" };
function shaped(entity, words, children) {
  if (entity.type === "text_link" || entity.type === "url") {
    const url = entity.url || words;
    return /^https?:/.test(url) ? away(url, ...children) : make("span", {}, ...children);
  }
  if (entity.type === "bot_command") {
    const link = make("a", { href: "#" }, ...children);
    link.onclick = (event) => { event.preventDefault(); say(words); };
    return link;
  }
  if (entity.type === "spoiler") return make("span", { className: "spoiler" }, ...children);
  return make(tags[entity.type] || "span", {}, ...children);
}

// A link; those to the bot and to Telegram's share page stay in here, as they do in Telegram.
function away(url, ...children) {
  const link = make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
  const go = inside(new URL(url));
  if (go) link.onclick = (event) => { event.preventDefault(); go(); };
  return link;
}
function inside(url) {
  const asked = url.searchParams, bot = state.bot.username;
  const first = (...kinds) => state.rooms.find((one) => kinds.includes(one.type));
  if (url.host !== "t.me") return null;
  if (url.pathname === "/share/url") return () => choose(state.rooms, (one) => { enter(one); $("#say input").value = asked.get("url"); });
  if (url.pathname !== "/" + bot) return null;
  if (asked.has("start")) return () => { enter(first("private")); say("/start " + asked.get("start")); };
  if (asked.has("startgroup")) return () => { enter(first("supergroup")); say(`/start@${bot} ${asked.get("startgroup")}`); };
  return null;
}

function card(message) {
  const options = message.link_preview_options || {};
  if (options.is_disabled || !options.url) return [];
  const title = message.text.slice(message.entities?.[0]?.offset || 0).split("\n")[0].slice(0, 80);
  return [make("a", { className: "card", href: options.url, target: "_blank", rel: "noopener noreferrer", dir: "auto" },
    make("b", {}, new URL(options.url).host), make("br"), title)];
}

function keyboard(message) {
  return (message.reply_markup?.inline_keyboard || []).map((row) => make("div", { className: "row" },
    ...row.map((button) => {
      if (button.url) return away(button.url, button.text);
      const key = make("button", { type: "button", dir: "auto" }, button.text);
      key.onclick = async () => {
        key.classList.add("busy");
        const { press } = await post("press", { room: room.id, user: me().id, message: message.message_id, data: button.callback_data });
        busy[press] = key;
      };
      return key;
    })));
}

function bubble(message) {
  const mine = message.from && message.from.id === me().id;
  const box = make("div", { className: "bubble" });
  if (room.type !== "private" && !mine) {
    box.append(make("div", { className: "who" }, message.sender_chat?.title || message.from?.first_name || ""));
  }
  if (message.reply_to_message) {
    box.append(make("div", { className: "quoted", dir: "auto" }, message.reply_to_message.text || "message"));
  }
  const words = message.text || message.caption || service(message);
  for (const line of [make("div", { className: "text", dir: "auto" }, ...rich(words, message.entities))]) box.append(line);
  box.append(...card(message));
  const time = new Date(message.date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  box.append(make("span", { className: "when" }, (message.edit_date ? "edited " : "") + time));
  const whole = make("div", { className: "message" + (mine ? " mine" : "") }, box, ...keyboard(message));
  whole.dataset.id = message.message_id;
  whole.ondblclick = () => reply(message);
  return whole;
}
const service = (message) => message.chat_shared ? "“" + message.chat_shared.title + "” was picked" : "";

const acting = () => (room.type === "private" ? "0" : $("#who").value);
const me = () => state.people[acting() === "1" ? 1 : 0];
const shown = (message) => (message.is_topic_message ? message.message_thread_id : 0) === topic;

function draw() {
  $("#title").textContent = room.title;
  $("#subtitle").textContent = { private: "bot", supergroup: "group with topics, the bot is administrator", channel: "channel" }[room.type];
  $("#as").hidden = room.type === "private";
  $("#topics").replaceChildren(...Object.entries(room.type === "supergroup" ? { 0: "General", ...room.topics } : {}).map(([id, name]) => {
    const tab = make("button", { role: "tab", ariaSelected: String(topic === +id) }, name);
    tab.onclick = () => { topic = +id; draw(); };
    return tab;
  }));
  $("#log").replaceChildren(...room.messages.filter(shown).map(bubble));
  keys();
  $("#start").hidden = !(room.type === "private" && !room.messages.length);
  $("#say").hidden = !$("#start").hidden;
  down();
  list();
}
const down = () => { $("#log").scrollTop = $("#log").scrollHeight; };

function list() {
  $("#rooms ul").replaceChildren(...state.rooms.map((one) => {
    const last = one.messages[one.messages.length - 1];
    const button = make("button", {}, make("span", { className: "face" }, faces[one.type]), make("b", {}, one.title),
      make("span", { className: "last", dir: "auto" }, last?.text?.split("\n").slice(0, 2).join(" ") || " "));
    if (one.unread) button.append(make("span", { className: "badge" }, one.unread));
    button.onclick = () => enter(one);
    const item = make("li", {}, button);
    if (one === room) item.setAttribute("aria-current", "true");
    return item;
  }));
}
function enter(one) {
  room = one; topic = 0; one.unread = 0; reply(null);
  document.body.classList.add("inside");
  draw();
  $("#say input").focus();
}

function reply(message) {
  replyTo = message ? message.message_id : null;
  $("#reply").hidden = !message;
  $("#reply span").textContent = message ? "Reply to: " + (message.text || "").split("\n")[0] : "";
  const hint = message?.client_markup?.input_field_placeholder;
  $("#say input").placeholder = hint || "Message";
  if (message) $("#say input").focus();
}
$("#reply button").onclick = () => reply(null);

function say(text) {
  if (!text.trim()) return;
  post("say", { room: room.id, user: me().id, text, topic, reply_to: replyTo, anonymous: acting() === "2" });
  reply(null);
  $("#menu").hidden = true;
}
$("#say").onsubmit = (event) => {
  event.preventDefault();
  const input = $("#say input");
  say(input.value);
  input.value = "";
};
$("#start").onclick = () => say("/start");

// A reply keyboard: its buttons say their text; request_chat lets the person pick a chat.
function keys() {
  const last = room.messages.findLast((one) => one.client_markup || one.chat_shared);
  const rows = last?.client_markup?.keyboard || [];
  $("#keys").hidden = !rows.length;
  $("#keys").replaceChildren(...rows.map((row) => make("div", { className: "row" }, ...row.map((button) => {
    const key = make("button", { type: "button" }, button.text || button);
    key.onclick = () => (button.request_chat ? pick(button.request_chat) : say(button.text || button));
    return key;
  }))));
}
function pick(request) {
  const type = request.chat_is_channel ? "channel" : "supergroup";
  const fitting = state.rooms.filter((one) => one.type === type && one.administrators.includes(me().id));
  choose(fitting, (one) => post("share", { user: me().id, request: request.request_id, chat: one.id }));
}
function choose(rooms, chosen) {
  $("#menu").replaceChildren(...rooms.map((one) => {
    const button = make("button", {}, make("b", {}, faces[one.type] + " " + one.title));
    button.onclick = () => { $("#menu").hidden = true; chosen(one); };
    return make("li", {}, button);
  }));
  $("#menu").hidden = false;
}

const scopes = { private: ["all_private_chats"], supergroup: ["all_chat_administrators", "all_group_chats"], channel: [] };
function menu(begins) {
  const found = scopes[room.type].map((scope) => state.commands[scope + ":"]).find((one) => one) || [];
  const fitting = found.filter((one) => one.command.startsWith(begins));
  $("#menu").replaceChildren(...fitting.map((one) => {
    const button = make("button", {}, make("b", {}, "/" + one.command), one.description);
    button.onclick = () => { $("#say input").value = ""; say("/" + one.command); };
    return make("li", {}, button);
  }));
  $("#menu").hidden = !fitting.length;
}
$("#commands").onclick = async () => {
  state.commands = (await (await fetch("/chat/state")).json()).commands;
  if ($("#menu").hidden) menu(""); else $("#menu").hidden = true;
};
$("#say input").oninput = (event) => {
  const typed = event.target.value;
  if (typed.startsWith("/") && !typed.includes(" ")) menu(typed.slice(1)); else $("#menu").hidden = true;
};

function toast(text) {
  if (!text) return;
  $("#toast").textContent = text;
  $("#toast").hidden = false;
  setTimeout(() => { $("#toast").hidden = true; }, 3500);
}

const hears = {
  message(event) {
    const where = state.rooms.find((one) => one.id === event.room);
    if (!where) return;
    where.messages.push(event);
    if (where === room && shown(event)) {
      $("#log").append(bubble(event));
      $("#start").hidden = true;
      $("#say").hidden = false;
      down();
      if (event.client_markup?.force_reply) reply(event);
      keys();
    } else { where.unread = (where.unread || 0) + 1; }
    list();
  },
  edit(event) {
    const where = state.rooms.find((one) => one.id === event.room);
    const at = where ? where.messages.findIndex((one) => one.message_id === event.message_id) : -1;
    if (at < 0) return;
    where.messages[at] = event;
    const old = $(`[data-id="${event.message_id}"]`);
    if (where === room && old) old.replaceWith(bubble(event));
  },
  delete(event) {
    const where = state.rooms.find((one) => one.id === event.room);
    if (where) where.messages = where.messages.filter((one) => one.message_id !== event.message_id);
    if (where === room) draw();
  },
  toast(event) {
    busy[event.press]?.classList.remove("busy");
    if (event.alert) alert(event.text); else toast(event.text);
  },
  call(event) {
    const line = make("li", { className: event.ok ? "" : "bad" }, event.method + " " + event.detail);
    $("#calls").prepend(line);
    while ($("#calls").children.length > 100) $("#calls").lastChild.remove();
  },
};

$("#who").replaceChildren(...["Ada, owner", "Ben, member", "Ada, anonymous"].map((name, index) => make("option", { value: index }, name)));
$("#who").onchange = draw;
$("#back").onclick = () => document.body.classList.remove("inside");
$("#panel").onclick = () => { $("#behind").hidden = !$("#behind").hidden; };
$("#failing").onchange = (event) => post("newsroom", { failing: event.target.checked });

async function open() {
  state = await (await fetch("/chat/state")).json();
  $("#failing").checked = state.failing;
  room = state.rooms.find((one) => one.id === room?.id) || state.rooms[0];
  if (innerWidth > 736) document.body.classList.add("inside");
  draw();
}
const stream = new EventSource("/chat/events");
stream.onopen = open;
stream.onmessage = (message) => {
  const event = JSON.parse(message.data);
  if (state && hears[event.kind]) hears[event.kind](event);
};
