/** The page's only style sheet. Its hash stands in the policy, so nothing else can style the page. */
export const css = `
:root{color-scheme:light dark;--bg:#f7f7f4;--surface:#fff;--ink:#16191d;--muted:#59626d;--line:#e2e3df;--grid:#ecece8;--axis:#a9aeb4;--link:#1f4fb8;--chip:#f0f0ec;
--kept:#0b6839;--kept-bg:#e4f3ea;--broken:#b0141b;--broken-bg:#fde8e8;--unclaimed:#875000;--unclaimed-bg:#fcf0da;--held:#1d5c87;--held-bg:#e5f0f8;--inconclusive:#66459a;--inconclusive-bg:#efe9f9;--neutral-bg:#f0f0ec;--fault:#b0141b1f;--bar:#c9d6ee;
--series-0:#2f62c4;--series-1:#c75c1b;--series-2:#1b8355;--series-3:#ae3a7c;--series-4:#7454c2;--series-5:#857010;--series-6:#147f99;--series-7:#666c73}
@media (prefers-color-scheme:dark){:root{--bg:#0f1215;--surface:#171b20;--ink:#e8ebee;--muted:#a0abb7;--line:#2a3138;--grid:#242a31;--axis:#5b6570;--link:#8db4ff;--chip:#242a31;
--kept:#74d8a1;--kept-bg:#11301f;--broken:#ff9a9a;--broken-bg:#401a1c;--unclaimed:#f3ba64;--unclaimed-bg:#34270f;--held:#8fcbf2;--held-bg:#122b3d;--inconclusive:#cab0f4;--inconclusive-bg:#2a2140;--neutral-bg:#22282e;--fault:#ff9a9a2b;--bar:#34476b;
--series-0:#7ba6ff;--series-1:#ffa061;--series-2:#5fd29c;--series-3:#f28cc4;--series-4:#b7a0ff;--series-5:#dcc455;--series-6:#5fcbe3;--series-7:#a9b1ba}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.skip{position:absolute;left:-999px;top:0;padding:.6rem 1rem;background:var(--surface);color:var(--link);z-index:2}
.skip:focus{left:0}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.wrap{max-width:1180px;margin:0 auto;padding:0 1.5rem}
header.top{background:var(--surface);border-bottom:1px solid var(--line);padding:2rem 0 1.6rem}
.brand{margin:0;color:var(--muted);font-size:.9rem}
.brand b{color:var(--ink);letter-spacing:.01em}
h1{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem .9rem;margin:.9rem 0 .3rem;font-size:clamp(1.5rem,3.6vw,2.25rem);line-height:1.2;letter-spacing:-.018em;text-wrap:balance}
.because{margin:0;color:var(--muted);overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.4rem 0 0;padding:0;list-style:none}
.tiles li{padding:.7rem .9rem;border:1px solid var(--line);border-radius:10px;background:var(--bg)}
.tiles b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.tiles span{color:var(--muted);font-size:.86rem;line-height:1.35;display:block}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,auto));gap:.4rem 1.6rem;margin:1.3rem 0 0;font-size:.9rem}
.facts div{min-width:0}
.facts dt,.kv dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
.not{margin:1.3rem 0 0;padding:.75rem 1rem;border-left:4px solid var(--unclaimed);background:var(--unclaimed-bg);border-radius:0 8px 8px 0;font-size:.92rem}
nav{border-bottom:1px solid var(--line);background:var(--surface);font-size:.92rem}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;margin:0;padding:.6rem 0;list-style:none}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
section{margin:2.6rem 0}
h2{margin:0 0 .35rem;font-size:1.4rem;letter-spacing:-.012em}
h3{margin:1.8rem 0 .6rem;font-size:1.05rem}
h4{margin:1.1rem 0 .3rem;font-size:.92rem}
.lead{max-width:88ch;margin:0 0 1rem;text-wrap:pretty;color:var(--muted)}
.note{color:var(--muted);font-size:.86rem;margin:.5rem 0 0}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:12px;background:var(--surface)}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.7rem .9rem;color:var(--muted);font-size:.86rem}
th,td{padding:.5rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--muted);font-weight:600;font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:600}
.n,.figures td,.figures thead th{text-align:right;white-space:nowrap}
.scroll thead th{white-space:normal}
.figures tr>:first-child{text-align:left;position:sticky;left:0;background:var(--surface)}
.figures tbody th{white-space:nowrap}
.figures thead .g{text-align:center}
thead .g{text-align:center;border-bottom:0;padding-bottom:0}
small{color:var(--muted);font-size:.82em;font-weight:400}
.sub{display:block}
.nb{white-space:nowrap}
.over>*{border-bottom:0;padding-bottom:0}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
.cmd{display:block;margin:.3rem 0;padding:.55rem .8rem;border-radius:8px;background:var(--chip);user-select:all;overflow-wrap:anywhere}
.badge{display:inline-flex;align-items:center;gap:.35em;padding:.12em .6em;border-radius:99px;font-weight:650;white-space:nowrap;background:var(--neutral-bg);color:var(--muted)}
h1 .badge{font-size:.68em;padding:.22em .7em}
.chip{display:inline-block;padding:.02em .5em;border-radius:5px;background:var(--chip);font-size:.8rem;color:var(--muted);white-space:nowrap}
.kept{color:var(--kept);background:var(--kept-bg)}
.broken,.error{color:var(--broken);background:var(--broken-bg)}
.error{box-shadow:inset 0 0 0 1px currentColor}
.expected{box-shadow:inset 0 0 0 1px currentColor}
.unclaimed,.expected{color:var(--unclaimed);background:var(--unclaimed-bg)}
.held{color:var(--held);background:var(--held-bg)}
.inconclusive,.undecided{color:var(--inconclusive);background:var(--inconclusive-bg)}
.matrix td,.matrix th{border-right:1px solid var(--line)}
.matrix tr>:last-child{border-right:0}
.matrix td{padding:.4rem;min-width:9.5rem}
.matrix .c{display:block;height:100%;padding:.4rem .55rem;border-radius:8px;font-weight:650;text-decoration:none}
.matrix a.c:hover{text-decoration:underline}
.matrix .c.unsupported{background:var(--neutral-bg);color:var(--muted);font-weight:500}
.matrix .c small{display:block;color:inherit;font-weight:450;font-size:.8rem}
.matrix .more{display:block;margin:.3rem .1rem 0;padding:.25rem .5rem;border-radius:7px;font-size:.8rem;line-height:1.35;text-decoration:none}
.matrix a.more:hover{text-decoration:underline}
.matrix tr>:first-child{position:sticky;left:0;background:var(--surface);z-index:1}
.matrix tbody th{white-space:nowrap}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.35rem 1.4rem;margin:.9rem 0 0;padding:0;list-style:none;font-size:.86rem;color:var(--muted)}
.key .badge{font-size:.82rem}
.bar{display:block;width:100%;min-width:3.4rem;height:4px;margin-top:.25rem}
.bar rect{fill:var(--bar)}
figure{margin:0;padding:1rem 1.1rem;border:1px solid var(--line);border-radius:12px;background:var(--surface);min-width:0;break-inside:avoid}
figure svg.marks{display:block;max-width:100%;height:auto}
figcaption{margin-bottom:.6rem;font-size:.92rem}
figcaption b{display:block}
figcaption span{color:var(--muted);font-size:.86rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:1rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.6rem 0 0;padding:0;list-style:none;font-size:.84rem}
.swatch{vertical-align:middle}
details{border:1px solid var(--line);border-radius:10px;background:var(--surface);margin:.6rem 0}
details details,figure details{background:none;border-style:dashed}
summary{padding:.6rem .9rem;cursor:pointer;overflow-wrap:anywhere}
summary::marker{color:var(--muted)}
details>.in{overflow-x:auto;padding:0 .9rem .9rem;border-top:1px solid var(--line);padding-top:.7rem}
figure details{margin:.8rem 0 0;font-size:.86rem}
.in .scroll,figure .scroll{border-radius:8px;margin:.5rem 0}
.in table{font-size:.85rem}
.in th,.in td{padding:.3rem .6rem}
.kv{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.1rem;margin:.3rem 0;font-size:.9rem}
.kv dd{margin:0;min-width:0;overflow-wrap:anywhere}
.lanes{display:block;max-width:100%;height:auto;margin:.4rem 0}
.lanes text{fill:var(--muted);font:11px system-ui,sans-serif}
.lanes .nr{fill:var(--surface);font-weight:700;font-size:10px}
.lanes .nr,.lanes .gap{text-anchor:middle}
.events tr>:nth-child(-n+3){text-align:right;white-space:nowrap}
.events td:nth-child(-n+6){white-space:nowrap}
.lanes .lane{stroke:var(--line)}
.lanes .path{fill:none;stroke:var(--axis);stroke-dasharray:2 3}
.lanes .e{fill:var(--series-7)}.lanes .e-send{fill:var(--series-0)}.lanes .e-reply{fill:var(--series-6)}.lanes .e-fault{fill:var(--broken)}.lanes .e-deliver{fill:var(--series-2)}.lanes .e-settle{fill:var(--series-4)}
.clauses{margin:.5rem 0;border:1px solid var(--line);background:var(--surface)}
.clauses tr>:nth-child(n+5){text-align:right;white-space:nowrap}
.clauses td:nth-child(2){white-space:nowrap}
.stack details{margin:-1px 0 0;border-radius:0}
.stack details:first-child{border-radius:10px 10px 0 0}.stack details:last-child{border-radius:0 0 10px 10px}.stack details:only-child{border-radius:10px}
.stack{margin:.8rem 0}
.plain{margin:.4rem 0;padding-left:1.2rem}
.plain li{margin:.2rem 0;overflow-wrap:anywhere}
.prose{max-width:76ch}
.prose dt{font-weight:650;margin-top:.8rem}
.prose dd{margin:.1rem 0 0}
:target{scroll-margin-top:5rem}
details:has(:target){border-color:var(--link);box-shadow:0 0 0 2px var(--link)}
details:has(:target)::details-content{content-visibility:visible;block-size:auto}
footer{padding:1.4rem 0 3rem;border-top:1px solid var(--line);color:var(--muted);font-size:.86rem}
@media (max-width:640px){.wrap{padding:0 .9rem}figure{padding:.8rem .6rem}.kv{grid-template-columns:1fr;gap:0}.kv dd{margin-bottom:.4rem}.matrix tbody th{white-space:normal;max-width:9rem;overflow-wrap:break-word}.matrix td{min-width:8rem}section{margin:2rem 0}}
@media print{.n,.figures td,.figures thead th{white-space:normal}:root{color-scheme:light;--bg:#fff;--surface:#fff}body{font-size:10.5pt}nav,.skip{display:none}.wrap{max-width:none;padding:0}details::details-content{content-visibility:visible!important;block-size:auto!important}details,figure,tr{break-inside:avoid}.scroll{overflow:visible}table,.in table{font-size:7.5pt}thead th{font-size:7pt}th,td,.in th,.in td{padding:.25rem .35rem}.matrix td{min-width:0;padding:.2rem}.matrix .c,.matrix .more{padding:.2rem .3rem}.matrix .c small,.matrix .more{font-size:6.5pt}.matrix tbody th,.events td:nth-child(-n+6){white-space:normal;overflow-wrap:anywhere}.matrix tr>:first-child,.figures tr>:first-child{position:static}.figures tbody th{white-space:normal}.bar{min-width:1.5rem}section{margin:1.4rem 0}a{color:inherit}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
