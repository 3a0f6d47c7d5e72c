// The pattern of the log-in page: rings, rays and a fourteen-pointed star after a Đông Sơn drum, drawn by rule.
const R = (value) => Math.round(value * 10) / 10;

const at = (radius, turn) => {
  const angle = turn * 2 * Math.PI - Math.PI / 2;
  return `${R(300 + radius * Math.cos(angle))} ${R(300 + radius * Math.sin(angle))}`;
};

const ring = (radius, width) => `<circle cx="300" cy="300" r="${radius}" stroke-width="${width}"/>`;

const ticks = (count, inner, outer) =>
  `<path d="${Array.from({ length: count }, (_, i) => `M${at(inner, i / count)}L${at(outer, i / count)}`).join("")}"/>`;

const zigzag = (count, inner, outer) =>
  `<path d="M${Array.from({ length: count * 2 }, (_, i) => at(i % 2 ? outer : inner, i / (count * 2))).join("L")}Z"/>`;

const dots = (count, radius, size) =>
  Array.from({ length: count }, (_, i) => {
    const [x, y] = at(radius, i / count).split(" ");
    return `<circle cx="${x}" cy="${y}" r="${size}"/>`;
  }).join("");

export function drum(color = "#5fd0cb") {
  const star = `M${Array.from({ length: 28 }, (_, i) => at(i % 2 ? 26 : 82, i / 28)).join("L")}Z`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" fill="none" stroke="${color}" stroke-width="1.2">
<path d="${star}" fill="${color}" fill-opacity=".35"/>
${[96, 104, 128, 136, 178, 186, 236, 244, 286, 296].map((radius) => ring(radius, radius % 8 ? 1.2 : 0.8)).join("")}
${ticks(84, 107, 125)}${dots(42, 145, 2.6)}${zigzag(56, 152, 172)}${dots(56, 196, 3.4)}${zigzag(36, 204, 230)}${ticks(168, 249, 281)}
</svg>`;
}
