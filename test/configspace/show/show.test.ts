// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { showFunction, showTitle } from '../../../src/configspace/show/index.ts';
import { sizeSuffix, watts } from '../../../src/configspace/show/text.ts';
import { build, cardBus, legacyDevice, rootPort } from '../support/build.ts';

const show = (bytes: Uint8Array): string => `\n${showFunction(bytes).join('\n')}\n`;

/** A type 0 function with one PCI Express capability of the given flags word at 40h. */
const express = (flags: string, header: readonly string[] = []): Uint8Array =>
  build(0x100, [
    '00: 36 1b 11 00 06 00 10 00 00 02 08 01 00 00 00 00 04 00 c1 fc 00 00 00 00',
    '34: 40',
    `40: 10 00 ${flags} c2 8f 00 10 3f 29 10 00 44 fc 7b 00 42 01 43 00`,
    '64: 1f 08 0c 00 00 04 00 00 1e 00 80 00 04 00 1e 00',
    ...header,
  ]);

describe('hand-made functions', () => {
  test('root port with a slot', () => {
    expect(show(rootPort())).toMatchInlineSnapshot(`
      "
      	Subsystem: 8086:2015
      	Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx+
      	Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
      	Latency: 0, Cache Line Size: 64 bytes
      	Interrupt: pin A routed to IRQ 11
      	Bus: primary=00, secondary=01, subordinate=03, sec-latency=0
      	I/O behind bridge: e000-ffff [size=8K] [16-bit]
      	Memory behind bridge: f7000000-f80fffff [size=17M] [32-bit]
      	Prefetchable memory behind bridge: 0000000000000000-000000000fffffff [size=256M] [64-bit]
      	Secondary status: 66MHz- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort+ <SERR- <PERR-
      	BridgeCtl: Parity- SERR- NoISA- VGA- VGA16+ MAbort- >Reset- FastB2B-
      		PriDiscTmr- SecDiscTmr- DiscTmrStat- DiscTmrSERREn-
      	Capabilities: [88] Subsystem: 8086:2015
      	Capabilities: [80] Power Management version 3
      		Flags: PMEClk- DSI- D1- D2- AuxCurrent=0mA PME(D0+,D1-,D2-,D3hot+,D3cold+)
      		Status: D0 NoSoftRst+ PME-Enable- DSel=0 DScale=0 PME-
      	Capabilities: [90] MSI: Enable+ Count=1/1 Maskable- 64bit-
      		Address: fee0f00c  Data: 4021
      	Capabilities: [a0] Express (v2) Root Port (Slot+), MSI 00
      		DevCap:	MaxPayload 256 bytes, PhantFunc 0
      			ExtTag- RBE+
      		DevCtl:	CorrErr- NonFatalErr- FatalErr- UnsupReq-
      			RlxdOrd- ExtTag- PhantFunc- AuxPwr- NoSnoop-
      			MaxPayload 256 bytes, MaxReadReq 128 bytes
      		DevSta:	CorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr- TransPend-
      		LnkCap:	Port #2, Speed 8GT/s, Width x8, ASPM L0s L1, Exit Latency L0s <256ns, L1 <8us
      			ClockPM- Surprise- LLActRep+ BwNot+ ASPMOptComp+
      		LnkCtl:	ASPM L1 Enabled; RCB 64 bytes, Disabled- CommClk+
      			ExtSynch- ClockPM- AutWidDis- BWInt- AutBWInt-
      		LnkSta:	Speed 2.5GT/s, Width x8
      			TrErr- Train- SlotClk+ DLActive+ BWMgmt- ABWMgmt-
      		SltCap:	AttnBtn- PwrCtrl- MRL- AttnInd- PwrInd- HotPlug+ Surprise+
      			Slot #0, PowerLimit 24W; Interlock- NoCompl+
      		SltCtl:	Enable: AttnBtn- PwrFlt- MRL- PresDet- CmdCplt- HPIrq- LinkChg-
      			Control: AttnInd Off, PwrInd Off, Power- Interlock-
      		SltSta:	Status: AttnBtn- PowerFlt- MRL- CmdCplt- PresDet+ Interlock-
      			Changed: MRL- PresDet- LinkState+
      		RootCap: CRSVisible+
      		RootCtl: ErrCorrectable- ErrNon-Fatal- ErrFatal- PMEIntEna- CRSVisible-
      		RootSta: PME ReqID 0000, PMEStatus- PMEPending-
      		DevCap2: Completion Timeout: Range AB, TimeoutDis+ NROPrPrP- LTR+
      			 10BitTagComp- 10BitTagReq- OBFF Not Supported, ExtFmt- EETLPPrefix-
      			 EmergencyPowerReduction Not Supported, EmergencyPowerReductionInit-
      			 FRS- LN System CLS Not Supported, TPHComp- ExtTPHComp- ARIFwd-
      			 AtomicOpsCap: Routing- 32bit- 64bit- 128bitCAS-
      		DevCtl2: Completion Timeout: 50us to 50ms, TimeoutDis- LTR+ 10BitTagReq- OBFF Disabled, ARIFwd-
      			 AtomicOpsCtl: ReqEn- EgressBlck-
      		LnkCap2: Supported Link Speeds: 2.5-8GT/s, Crosslink- Retimer+ 2Retimers+ DRS-
      		LnkCtl2: Target Link Speed: 8GT/s, EnterCompliance- SpeedDis-
      			 Transmit Margin: Normal Operating Range, EnterModifiedCompliance- ComplianceSOS-
      			 Compliance Preset/De-emphasis: -6dB de-emphasis, 0dB preshoot
      		LnkSta2: Current De-emphasis Level: -6dB, EqualizationComplete+ EqualizationPhase1+
      			 EqualizationPhase2+ EqualizationPhase3+ LinkEqualizationRequest-
      			 Retimer- 2Retimers- CrosslinkRes: unsupported
      	Capabilities: [100 v1] Advanced Error Reporting
      		UESta:	DLP+ SDES- TLP- FCP- CmpltTO- CmpltAbrt- UnxCmplt- RxOF- MalfTLP- ECRC- UnsupReq- ACSViol-
      		UEMsk:	DLP- SDES- TLP- FCP- CmpltTO- CmpltAbrt- UnxCmplt- RxOF- MalfTLP- ECRC- UnsupReq+ ACSViol-
      		UESvrt:	DLP+ SDES- TLP- FCP+ CmpltTO- CmpltAbrt- UnxCmplt- RxOF+ MalfTLP+ ECRC- UnsupReq- ACSViol-
      		CESta:	RxErr+ BadTLP- BadDLLP- Rollover- Timeout- AdvNonFatalErr+
      		CEMsk:	RxErr- BadTLP- BadDLLP- Rollover- Timeout- AdvNonFatalErr+
      		AERCap:	First Error Pointer: 00, ECRCGenCap- ECRCGenEn- ECRCChkCap- ECRCChkEn-
      			MultHdrRecCap- MultHdrRecEn- TLPPfxPres- HdrLogCap-
      		HeaderLog: 00000000 00000000 00000000 00000000
      		RootCmd: CERptEn+ NFERptEn+ FERptEn+
      		RootSta: CERcvd+ MultCERcvd- UERcvd- MultUERcvd-
      			 FirstFatal- NonFatalMsg- FatalMsg- IntMsg 0
      		ErrorSrc: ERR_COR: 0100 ERR_FATAL/NONFATAL: 0000
      	Capabilities: [140 v1] Access Control Services
      		ACSCap:	SrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
      		ACSCtl:	SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
      "
    `);
  });
  test('legacy PCI device', () => {
    expect(show(legacyDevice())).toMatchInlineSnapshot(`
      "
      	Subsystem: 10ec:8139
      	Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR+ FastB2B- DisINTx-
      	Status: Cap+ 66MHz+ UDF- FastB2B+ ParErr- DEVSEL=medium >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
      	Latency: 64 (8000ns min, 16000ns max), Cache Line Size: 64 bytes
      	Interrupt: pin A routed to IRQ 11
      	Region 0: I/O ports at e800
      	Region 1: Memory at fddfff00 (32-bit, non-prefetchable)
      	Expansion ROM at fdae0000 [disabled]
      	Capabilities: [50] Power Management version 2
      		Flags: PMEClk- DSI- D1+ D2+ AuxCurrent=220mA PME(D0-,D1+,D2+,D3hot+,D3cold+)
      		Status: D0 NoSoftRst- PME-Enable+ DSel=0 DScale=0 PME-
      "
    `);
  });
  test('CardBus bridge', () => {
    expect(show(cardBus())).toMatchInlineSnapshot(`
      "
      	Subsystem: 17aa:20b8
      	Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-
      	Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=medium >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
      	Latency: 168
      	Interrupt: pin A routed to IRQ 16
      	Region 0: Memory at e4000000 (32-bit, non-prefetchable)
      	Bus: primary=15, secondary=16, subordinate=19, sec-latency=176
      	Memory window 0: e0000000-e3ffffff (prefetchable)
      	Memory window 1: c8000000-cbffffff
      	I/O window 0: 00003000-000030ff
      	I/O window 1: 00003400-000034ff
      	BridgeCtl: Parity- SERR- ISA- VGA- MAbort- >Reset+ 16bInt+ PostWrite+
      	16-bit legacy interface ports at 0001
      	Capabilities: [dc] Power Management version 2
      		Flags: PMEClk- DSI+ D1+ D2+ AuxCurrent=0mA PME(D0+,D1+,D2+,D3hot+,D3cold-)
      		Status: D0 NoSoftRst- PME-Enable- DSel=0 DScale=2 PME-
      		Bridge: PM+ B3-
      "
    `);
  });
  test('endpoint', () => {
    expect(show(express('02 00'))).toMatchInlineSnapshot(`
      "
      	Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-
      	Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
      	Latency: 0
      	Region 0: Memory at fcc10000 (64-bit, non-prefetchable)
      	Capabilities: [40] Express (v2) Endpoint, MSI 00
      		DevCap:	MaxPayload 512 bytes, PhantFunc 0, Latency L0s unlimited, L1 unlimited
      			ExtTag- AttnBtn- AttnInd- PwrInd- RBE+ FLReset+ SlotPowerLimit 0W
      		DevCtl:	CorrErr+ NonFatalErr+ FatalErr+ UnsupReq+
      			RlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+ FLReset-
      			MaxPayload 256 bytes, MaxReadReq 512 bytes
      		DevSta:	CorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr+ TransPend-
      		LnkCap:	Port #0, Speed 16GT/s, Width x4, ASPM L0s L1, Exit Latency L0s unlimited, L1 unlimited
      			ClockPM- Surprise+ LLActRep+ BwNot+ ASPMOptComp+
      		LnkCtl:	ASPM L1 Enabled; RCB 64 bytes, Disabled- CommClk+
      			ExtSynch- ClockPM+ AutWidDis- BWInt- AutBWInt-
      		LnkSta:	Speed 8GT/s (downgraded), Width x4
      			TrErr- Train- SlotClk- DLActive- BWMgmt- ABWMgmt-
      		DevCap2: Completion Timeout: Range ABCD, TimeoutDis+ NROPrPrP- LTR+
      			 10BitTagComp- 10BitTagReq- OBFF Via message/WAKE#, ExtFmt- EETLPPrefix-
      			 EmergencyPowerReduction Not Supported, EmergencyPowerReductionInit-
      			 FRS- TPHComp- ExtTPHComp-
      			 AtomicOpsCap: 32bit- 64bit- 128bitCAS-
      		DevCtl2: Completion Timeout: 50us to 50ms, TimeoutDis- LTR+ 10BitTagReq- OBFF Disabled,
      			 AtomicOpsCtl: ReqEn-
      		LnkCap2: Supported Link Speeds: 2.5-16GT/s, Crosslink- Retimer+ 2Retimers- DRS-
      		LnkCtl2: Target Link Speed: 16GT/s, EnterCompliance- SpeedDis-
      			 Transmit Margin: Normal Operating Range, EnterModifiedCompliance- ComplianceSOS-
      			 Compliance Preset/De-emphasis: -6dB de-emphasis, 0dB preshoot
      		LnkSta2: Current De-emphasis Level: -6dB, EqualizationComplete+ EqualizationPhase1+
      			 EqualizationPhase2+ EqualizationPhase3+ LinkEqualizationRequest-
      			 Retimer- 2Retimers- CrosslinkRes: unsupported
      "
    `);
  });
  test('switch upstream port', () => {
    const bridge = ['0a: 04 06', '0e: 01', '18: 01 02 05 00 f1 01 00 00 f0 ff 00 00 f1 ff 01 00'];
    expect(show(express('52 00', bridge)).split('\n').slice(3, 24).join('\n')).toMatchInlineSnapshot(`
      "	Latency: 0
      	Region 0: Memory at fcc10000 (64-bit, non-prefetchable)
      	Bus: primary=01, secondary=02, subordinate=05, sec-latency=0
      	I/O behind bridge: 0000f000-00000fff [disabled] [32-bit]
      	Memory behind bridge: fff00000-000fffff [disabled] [32-bit]
      	Prefetchable memory behind bridge: 00000000fff00000-00000000000fffff [disabled] [64-bit]
      	Secondary status: 66MHz- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- <SERR- <PERR-
      	BridgeCtl: Parity- SERR- NoISA- VGA- VGA16- MAbort- >Reset- FastB2B-
      		PriDiscTmr- SecDiscTmr- DiscTmrStat- DiscTmrSERREn-
      	Capabilities: [40] Express (v2) Upstream Port, MSI 00
      		DevCap:	MaxPayload 512 bytes, PhantFunc 0
      			ExtTag- AttnBtn- AttnInd- PwrInd- RBE+ SlotPowerLimit 0W
      		DevCtl:	CorrErr+ NonFatalErr+ FatalErr+ UnsupReq+
      			RlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+
      			MaxPayload 256 bytes, MaxReadReq 512 bytes
      		DevSta:	CorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr+ TransPend-
      		LnkCap:	Port #0, Speed 16GT/s, Width x4, ASPM L0s L1, Exit Latency L0s unlimited, L1 unlimited
      			ClockPM- Surprise+ LLActRep+ BwNot+ ASPMOptComp+
      		LnkCtl:	ASPM L1 Enabled; Disabled- CommClk+
      			ExtSynch- ClockPM+ AutWidDis- BWInt- AutBWInt-
      		LnkSta:	Speed 8GT/s (downgraded), Width x4"
    `);
  });
  test('PCIe-to-PCI bridge of version 1', () => {
    const bridge = ['0a: 04 06', '0e: 01', '18: 01 02 02 20 f1 01 a0 22 f0 ff 00 00 f1 ff 01 00', '3e: 03 0a'];
    expect(show(express('71 00', bridge)).split('\n').slice(3).join('\n')).toMatchInlineSnapshot(`
      "	Latency: 0
      	Region 0: Memory at fcc10000 (64-bit, non-prefetchable)
      	Bus: primary=01, secondary=02, subordinate=02, sec-latency=32
      	I/O behind bridge: 0000f000-00000fff [disabled] [32-bit]
      	Memory behind bridge: fff00000-000fffff [disabled] [32-bit]
      	Prefetchable memory behind bridge: 00000000fff00000-00000000000fffff [disabled] [64-bit]
      	Secondary status: 66MHz+ FastB2B+ ParErr- DEVSEL=medium >TAbort- <TAbort- <MAbort+ <SERR- <PERR-
      	BridgeCtl: Parity+ SERR+ NoISA- VGA- VGA16- MAbort- >Reset- FastB2B-
      		PriDiscTmr- SecDiscTmr+ DiscTmrStat- DiscTmrSERREn+
      	Capabilities: [40] Express (v1) PCI-Express to PCI/PCI-X Bridge, MSI 00
      		DevCap:	MaxPayload 512 bytes, PhantFunc 0
      			ExtTag- AttnBtn- AttnInd- PwrInd- RBE+ SlotPowerLimit 0W
      		DevCtl:	CorrErr+ NonFatalErr+ FatalErr+ UnsupReq+
      			RlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+ BrConfRtry-
      			MaxPayload 256 bytes, MaxReadReq 512 bytes
      		DevSta:	CorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr+ TransPend-
      		LnkCap:	Port #0, Speed 16GT/s, Width x4, ASPM L0s L1, Exit Latency L0s unlimited, L1 unlimited
      			ClockPM- Surprise+ LLActRep+ BwNot+ ASPMOptComp+
      		LnkCtl:	ASPM L1 Enabled; RCB 64 bytes, Disabled- CommClk+
      			ExtSynch- ClockPM+ AutWidDis- BWInt- AutBWInt-
      		LnkSta:	Speed 8GT/s (downgraded), Width x4
      			TrErr- Train- SlotClk- DLActive- BWMgmt- ABWMgmt-
      "
    `);
  });
});

test('title as lspci -nv has it', () => {
  expect(showTitle(rootPort())).toBe('0604: 8086:1901 (rev 05)');
  expect(showTitle(cardBus())).toBe('0607: 1180:0476 (rev b4)');
  expect(showTitle(express('02 00'))).toBe('0108: 1b36:0011 (prog-if 02)');
});

test('endpoints that are not function 0 keep their Link 2 control to themselves', () => {
  const lines = (first: boolean) =>
    showFunction(express('02 00'), { first }).filter((line) => /LnkCtl2|LnkCap2/.test(line));
  expect(lines(true)).toHaveLength(2);
  expect(lines(false)).toHaveLength(0);
});

describe('lists that end badly', () => {
  const list = (size: number, pieces: readonly string[]) =>
    showFunction(build(size, ['06: 10', '0a: 00 02', ...pieces])).slice(2);
  test('a loop', () => {
    expect(list(0x100, ['34: 40', '40: 0a 50', '50: 12 40'])).toEqual([
      '\tCapabilities: [40] Debug port: BAR=0 offset=0000',
      '\tCapabilities: [50] SATA HBA v0.0 BAR??0',
      '\tCapabilities: [40] <chain looped>',
    ]);
  });
  test('all-ones', () => {
    expect(list(0x100, ['34: 40', '40: ff ff ff ff'])).toEqual(['\tCapabilities: [40] <chain broken>']);
  });
  test('a dump of 64 bytes', () => {
    expect(list(0x40, ['34: 40'])).toEqual(['\tCapabilities: <access denied>']);
  });
  test('a capability whose registers are past the end', () => {
    expect(list(0x44, ['34: 40', '40: 11 00 07 80'])).toEqual(['\tCapabilities: [40] MSI-X: Enable+ Count=8 Masked-']);
  });
  test('an extended list that loops, and one without an end', () => {
    const extended = (next: string) =>
      list(0x1000, ['34: 40', '40: 10 00 92 00', `100: 00 00 00 ${next}`, '140: 2c 00 01 10']).slice(-3);
    expect(extended('14')).toEqual([
      '\tCapabilities: [100 v0] Null',
      '\tCapabilities: [140 v1] System Firmware Intermediary <?>',
      '\tCapabilities: [100 v0] <chain looped>',
    ]);
    expect(extended('00').at(-1)).not.toContain('[100');
  });
});

test('a function that does not answer', () => {
  expect(showFunction(new Uint8Array(256).fill(0xff))).toEqual([
    '\t!!! Unknown header type 7f',
    '\tInterrupt: pin ? routed to IRQ 255',
  ]);
});

test('base addresses', () => {
  const regions = (...rows: string[]) =>
    showFunction(build(0x40, ['0a: 00 02', ...rows])).filter((line) => /Region|ROM/.test(line));
  expect(
    regions('10: 01 e0 00 00 08 00 00 e0 0c 00 00 d0 04 00 00 00 02 00 00 00 04 00 00 f0', '30: 01 00 00 c0'),
  ).toEqual([
    '\tRegion 0: I/O ports at e000 [disabled]',
    '\tRegion 1: Memory at e0000000 (32-bit, prefetchable) [disabled]',
    '\tRegion 2: Memory at 4d0000000 (64-bit, prefetchable) [disabled]',
    '\tRegion 4: Memory at <unassigned> (low-1M, non-prefetchable) [disabled]',
    '\tRegion 5: Memory at <broken-64-bit-slot> (64-bit, non-prefetchable) [disabled]',
    '\tExpansion ROM at c0000000 [disabled by cmd]',
  ]);
  expect(regions('04: 03', '10: 01 00 00 00 ff ff ff ff', '30: ff ff ff ff')).toEqual([
    '\tRegion 0: I/O ports at 0000',
    '\tExpansion ROM at <ignored>',
  ]);
});

test('sizes and power limits', () => {
  expect([1n, 1024n, 1536n, 1n << 20n, 3n << 40n, 1n << 52n].map(sizeSuffix)).toEqual([
    ' [size=1]',
    ' [size=1K]',
    ' [size=1536]',
    ' [size=1M]',
    ' [size=3T]',
    ' [size=4096T]',
  ]);
  expect([watts(75, 0), watts(250, 1), watts(255, 0), watts(240, 0), watts(1, 3)]).toEqual([
    '75W',
    '25W',
    '>600W',
    '250W',
    '0.001W',
  ]);
});
