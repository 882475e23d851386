// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities of many forms, made by hand: among them what lspci gets wrong, and what it has no words for. */
import { describe, expect, test } from 'vitest';
import { showFunction } from '../../../src/configspace/show/index.ts';
import { build } from '../support/build.ts';

/** The lines of the capabilities of a type 0 function with an endpoint's PCI Express at 40h, below its title. */
function extended(...rows: string[]): string {
  const lines = showFunction(build(0x1000, ['06: 10', '0a: 00 02', '34: 40', '40: 10 00 02 00', ...rows]));
  return `\n${lines.slice(lines.findIndex((line) => line.includes('[100'))).join('\n')}\n`;
}

function conventional(...rows: string[]): string {
  const lines = showFunction(build(0x100, ['06: 10', '0a: 00 02', '34: 40', ...rows]));
  return `\n${lines.slice(lines.findIndex((line) => line.includes('Capabilities'))).join('\n')}\n`;
}

describe('CXL', () => {
  test('a port that masks Secondary Bus Reset', () => {
    expect(
      extended('100: 23 00 01 00 98 1e 80 02 03 00 01 00 02 00 10 1f 00 80 f0 8f', '120: 01 20 00 fe'),
    ).toMatchInlineSnapshot(`
      "
      	Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0003 Rev=0 Len=40: CXL
      		CXLPortSta:	PMComplete+
      		CXLPortCtl:	UnmaskSBR- UnmaskLinkDisable+ AltMem- AltBME- ViralEnable-
      		AlternateBus:	10-1f
      		AlternateMem:	8000-8ff0
      "
    `);
  });
  test('a device', () => {
    expect(
      extended(
        '100: 23 00 01 00 98 1e 81 03 00 00 1e 80 06 00 00 40 00 00 02 80 00 00 02 04',
        '118: 01 00 00 00 03 40 00 00 01 00 00 00',
      ),
    ).toMatchInlineSnapshot(`
      "
      	Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0000 Rev=1 Len=56: CXL
      		CXLCap:	Cache- IO+ Mem+ Mem HW Init+ HDMCount 1 Viral-
      		CXLCtl:	Cache- IO+ Mem+ Cache SF Cov 0 Cache SF Gran 0 Cache Clean- Viral-
      		CXLSta:	Viral+
      		CXLSta2:	ResetComplete+ ResetError- PMComplete+
      		Cache Size: 00400000
      		Range1: 0000000100000000-00000001ffffffff
      			Valid+ Active+ Type=Volatile Class=DRAM interleave=0 timeout=16s
      		Range2: 0000000000000000-ffffffffffffffff
      			Valid- Active- Type=Volatile Class=DRAM interleave=0 timeout=1s
      "
    `);
  });
  test('GPF, a function map, and one that is too short', () => {
    expect(extended('100: 23 00 01 00 98 1e 00 01 04 00 00 00 0c 07 05 02')).toMatchInlineSnapshot(`
      "
      	Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0004 Rev=0 Len=16: CXL
      		GPF Phase 1 Timeout: 120s
      		GPF Phase 2 Timeout: 500us
      "
    `);
    expect(extended('100: 23 00 01 00 98 1e c0 02 02 00 00 00 01 00 02 80')).toMatchInlineSnapshot(`
      "
      	Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0002 Rev=0 Len=44: CXL
      		FuncMap 0: 80020001
      		FuncMap 1: 00000000
      		FuncMap 2: 00000000
      		FuncMap 3: 00000000
      		FuncMap 4: 00000000
      		FuncMap 5: 00000000
      		FuncMap 6: 00000000
      		FuncMap 7: 00000000
      "
    `);
    expect(extended('100: 23 00 01 00 98 1e 00 01 03 00 00 00')).toMatchInlineSnapshot(`
      "
      	Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0003 Rev=0 Len=16: CXL
      "
    `);
  });
});

test('HyperTransport', () => {
  expect(
    conventional(
      '40: 08 60 01 20 20 00 11 77 22 05 75 83',
      '60: 08 70 03 a8',
      '70: 08 80 00 a8 00 00 e0 fe 01',
      '80: 08 00 05 88',
    ),
  ).toMatchInlineSnapshot(`
    "
    	Capabilities: [40] HyperTransport: Host or Secondary Interface
    		Command: WarmRst+ DblEnd- DevNum=0 ChainSide- HostHide- Slave- <EOCErr- DUL-
    		Link Control: CFlE- CST- CFE- <LkFail- Init+ EOC- TXO- <CRCErr=0 IsocEn- LSEn- ExtCTL- 64b-
    		Link Config: MLWI=16bit DwFcIn- MLWO=16bit DwFcOut- LWI=N/C DwFcInEn- LWO=N/C DwFcOutEn-
    		Revision ID: 1.02
    		Link Frequency: 800MHz
    		Link Error: <Prot- <Ovfl- <EOC- CTLTm-
    		Link Frequency Capability: 200MHz+ 300MHz- 400MHz+ 500MHz- 600MHz+ 800MHz+ 1.0GHz+ 1.2GHz- 1.4GHz+ 1.6GHz+ Vend+
    		Feature Capability: IsocFC- LDTSTOP- CRCTM- ECTLT- 64bA- UIDRD- ExtRS- UCnfE-
    	Capabilities: [60] HyperTransport: MSI Mapping Enable+ Fixed+
    	Capabilities: [70] HyperTransport: MSI Mapping Enable- Fixed-
    		Mapping Address Base: 00000001fee00000
    	Capabilities: [80] HyperTransport: Revision ID: 0.05
    "
  `);
});

test('Enhanced Allocation', () => {
  expect(conventional('40: 14 00 01 00 03 01 ff 80 06 00 00 c0 ff ff 0f 00 01 00 00 00')).toMatchInlineSnapshot(`
    "
    	Capabilities: [40] Enhanced Allocation (EA): NumEntries=1
    		Entry 0: Enable+ Writable- EntrySize=3
    			 BAR Equivalent Indicator: BAR 0
    			 PrimaryProperties: memory space, prefetchable
    			 SecondaryProperties: entry unavailable for use, PrimaryProperties should be used
    			 Base: 1c0000004
    			 MaxOffset: 000fffff
    "
  `);
});

test('what is beside the words of lspci', () => {
  expect(
    extended('100: 22 00 01 11 64 00 00 80 64 a0 00 00', '110: 07 00 02 00 01 00 00 f0 00 02 05 00'),
  ).toMatchInlineSnapshot(`
    "
    	Capabilities: [100 v1] Readiness Time Reporting
    		Times 1: ResetTime=064 DlUpTime=000 Valid+
    		Times 2: FlrTime=064 D3hotToD0Time=00a
    	Capabilities: [110 v2] Root Complex Event Collector Endpoint Association
    		RCiEPBitmap: RCiEP at Device(s): 0, 28-31
    		AssociatedBusNumbers: 02-05
    "
  `);
  expect(extended('100: 19 00 01 00 00 00 00 00 01 00 01 80')).toMatchInlineSnapshot(`
    "
    	Capabilities: [100 v1] Secondary PCI Express
    		LnkCtl3: LnkEquIntrruptEn- PerformEqu-
    		LaneErrStat: LaneErr at lane: 0 16 31
    "
  `);
  expect(extended('100: 2a 00 01 00 03 07 00 00 00 02 00 00 1f 02 00 00')).toMatchInlineSnapshot(`
    "
    	Capabilities: [100 v1] Physical Layer 32.0 GT/s
    		Phy32Cap: EqualizationBypass+ NoEqualizationNeeded+ ModTsMode0+ ModTsMode1+ ModTsMode2+
    		Phy32Ctl: EqualizationBypassDis- NoEqualizationNeededDis- ModifiedTsUsageMode=2
    		Phy32Sta: EquComplete+ EquPhase1+ EquPhase2+ EquPhase3+ LinkEquRequest+ ModTsRecv- ReceivedEnhancedLinkBehavior=0 TxPrecodeOn- TxPrecodeReq+ NoEqualizationNeededRecv-
    		Received Modified Ts Data 1: 00000000
    		Received Modified Ts Data 2: 00000000
    		Transmitted Modified Ts Data 1: 00000000
    		Transmitted Modified Ts Data 2: 00000000
    "
  `);
  expect(extended('100: 2e 00 01 00 0b 00 00 00 02 00 00 00 04 00 00 00')).toMatchInlineSnapshot(`
    "
    	Capabilities: [100 v1] Data Object Exchange
    		DOECap: IntSup+
    			Interrupt Message Number 005
    		DOECtl: IntEn+
    		DOESta: Busy- IntSta- Error+ ObjectReady-
    "
  `);
});

test('AGP, SATA in config space, and virtio', () => {
  expect(
    conventional(
      '00: f4 1a 41 10',
      '40: 02 60 30 00 1f 02 02 1f 01 01 00 1f',
      '60: 12 70 10 00 0f',
      '70: 09 00 14 02 04 00 00 00 00 30 00 00 00 10 00 00 04',
    ),
  ).toMatchInlineSnapshot(`
    "
    	Capabilities: [40] AGP version 3.0
    		Status: RQ=32 Iso+ ArqSz=0 Cal=0 SBA+ ITACoh- GART64- HTrans- 64bit- FW+ AGP3+ Rate=x4,x8,x16
    		Command: RQ=32 ArqSz=0 Cal=0 SBA- AGP+ GART64- 64bit- FW- Rate=x4
    	Capabilities: [60] SATA HBA v1.0 InCfgSpace
    	Capabilities: [70] Vendor Specific Information: VirtIO: Notify
    		BAR=4 offset=00003000 size=00001000 multiplier=00000004
    "
  `);
});
