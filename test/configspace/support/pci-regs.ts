// SPDX-License-Identifier: GPL-2.0-only
/**
 * Which constant of linux/pci_regs.h stands for which register and field of ours. One line a register: block, register,
 * the constant of its offset, the prefix of its fields' constants, and `field=SUFFIX` for each of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Block } from '../../../src/configspace/registers.ts';
import {
  advancedFeatures,
  bridgeSubsystemId,
  pciX,
  vitalProductData,
} from '../../../src/configspace/tables/conventional.ts';
import { advancedErrorReporting, downstreamPortContainment } from '../../../src/configspace/tables/errors.ts';
import { pciExpress } from '../../../src/configspace/tables/express.ts';
import { type0, type1, type2 } from '../../../src/configspace/tables/header.ts';
import { messageSignaledInterrupts, msiX } from '../../../src/configspace/tables/interrupts.ts';
import { dataLinkFeature } from '../../../src/configspace/tables/link.ts';
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from '../../../src/configspace/tables/power.ts';
import {
  precisionTimeMeasurement,
  resizableBar,
  tphRequester,
  virtualChannel,
} from '../../../src/configspace/tables/resources.ts';
import {
  accessControlServices,
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  singleRootIoVirtualization,
} from '../../../src/configspace/tables/virtualization.ts';

const HEADER = '/usr/include/linux/pci_regs.h';

/** The numeric constants of pci_regs.h, or undefined where it is not installed. */
export function pciRegs(): ReadonlyMap<string, number> | undefined {
  if (!existsSync(HEADER)) return undefined;
  const constants = new Map<string, number>();
  const text = readFileSync(HEADER, 'latin1');
  for (const [, name, value] of text.matchAll(/^#define\s+(PCI_\w+)\s+(0x[0-9a-fA-F]+|\d+)U?L*\b/gm))
    constants.set(name!, Number(value));
  for (const [, name, value] of text.matchAll(/^#define\s+(PCI_\w+)\s+\(~(0x[0-9a-fA-F]+)U?L*\)/gm))
    constants.set(name!, ~Number(value) >>> 0);
  return constants;
}

const BLOCKS: Readonly<Record<string, Block>> = {
  h0: type0,
  h1: type1,
  h2: type2,
  pm: powerManagement,
  vpd: vitalProductData,
  msi32: messageSignaledInterrupts(false, true),
  msi64: messageSignaledInterrupts(true, true),
  msix: msiX,
  af: advancedFeatures,
  ssvid: bridgeSubsystemId,
  pcix: pciX,
  exp: pciExpress,
  aer: advancedErrorReporting,
  dpc: downstreamPortContainment,
  vc: virtualChannel('VC', 0),
  acs: accessControlServices(true),
  ari: alternativeRoutingId,
  ats: addressTranslationServices,
  pri: pageRequestInterface,
  iov: singleRootIoVirtualization,
  ltr: latencyToleranceReporting,
  l1ss: l1PmSubstates,
  ptm: precisionTimeMeasurement,
  rebar: resizableBar(1),
  tph: tphRequester,
  dlf: dataLinkFeature,
};

const COMMAND =
  'ioSpaceEnable=_IO memorySpaceEnable=_MEMORY busMasterEnable=_MASTER specialCycleEnable=_SPECIAL specialCycleEnableConventional=_SPECIAL memoryWriteAndInvalidate=_INVALIDATE memoryWriteAndInvalidateConventional=_INVALIDATE vgaPaletteSnoop=_VGA_PALETTE vgaPaletteSnoopConventional=_VGA_PALETTE parityErrorResponse=_PARITY idselStepping=_WAIT serrEnable=_SERR fastBackToBackEnable=_FAST_BACK fastBackToBackEnableConventional=_FAST_BACK interruptDisable=_INTX_DISABLE';
const STATUS =
  'capable66MHz=_66MHZ fastBackToBackCapable=_FAST_BACK masterDataParityError=_PARITY devselTiming=_DEVSEL_MASK signaledTargetAbort=_SIG_TARGET_ABORT receivedTargetAbort=_REC_TARGET_ABORT receivedMasterAbort=_REC_MASTER_ABORT detectedParityError=_DETECTED_PARITY';
const UNCORRECTABLE =
  'undefined=_UND dataLinkProtocolError=_DLP surpriseDownError=_SURPDN poisonedTlp=_POISON_TLP flowControlProtocolError=_FCP completionTimeout=_COMP_TIME completerAbort=_COMP_ABORT unexpectedCompletion=_UNX_COMP receiverOverflow=_RX_OVER malformedTlp=_MALF_TLP ecrcError=_ECRC unsupportedRequest=_UNSUP acsViolation=_ACSV uncorrectableInternalError=_INTN mcBlockedTlp=_MCBTLP atomicOpEgressBlocked=_ATOMEG tlpPrefixBlocked=_TLPPRE';
const CORRECTABLE =
  'receiverError=_RCVR badTlp=_BAD_TLP badDllp=_BAD_DLLP replayNumRollover=_REP_ROLL replayTimerTimeout=_REP_TIMER advisoryNonFatalError=_ADV_NFAT correctedInternalError=_INTERNAL headerLogOverflow=_LOG_OVER';
const ACS =
  'sourceValidation=_SV translationBlocking=_TB p2pRequestRedirect=_RR p2pCompletionRedirect=_CR upstreamForwarding=_UF p2pEgressControl=_EC directTranslatedP2p=_DT';
const MSI =
  'enable=_ENABLE multipleMessageCapable=_QMASK multipleMessageEnable=_QSIZE address64Capable=_64BIT perVectorMaskingCapable=_MASKBIT';
const BRIDGE =
  'parityErrorResponse=_PARITY serrEnable=_SERR isaEnable=_ISA vgaEnable=_VGA masterAbortMode=_MASTER_ABORT';

const headerLines = (h: string): string => `
${h} vendorId PCI_VENDOR_ID
${h} deviceId PCI_DEVICE_ID
${h} command PCI_COMMAND PCI_COMMAND ${COMMAND}
${h} status PCI_STATUS PCI_STATUS ${STATUS} immediateReadiness=_IMM_READY interruptStatus=_INTERRUPT capabilitiesList=_CAP_LIST userDefinableFeatures=_UDF signaledSystemError=_SIG_SYSTEM_ERROR
${h} revisionId PCI_REVISION_ID
${h} classCode PCI_CLASS_PROG
${h} cacheLineSize PCI_CACHE_LINE_SIZE
${h} latencyTimer PCI_LATENCY_TIMER
${h} headerType PCI_HEADER_TYPE
${h} bist PCI_BIST PCI_BIST completionCode=_CODE_MASK startBist=_START bistCapable=_CAPABLE
${h} interruptLine PCI_INTERRUPT_LINE
${h} interruptPin PCI_INTERRUPT_PIN
${h} capabilitiesPointer ${h === 'h2' ? 'PCI_CB_CAPABILITY_LIST' : 'PCI_CAPABILITY_LIST'}`;

const LINES = `${headerLines('h0')}${headerLines('h1')}${headerLines('h2')}
${[0, 1, 2, 3, 4, 5].map((n) => `h0 bar${n} PCI_BASE_ADDRESS_${n} PCI_BASE_ADDRESS ioSpace=_SPACE prefetchable=_MEM_PREFETCH type=_MEM_TYPE_MASK base=_MEM_MASK`).join('\n')}
h0 cardbusCisPointer PCI_CARDBUS_CIS
h0 subsystemVendorId PCI_SUBSYSTEM_VENDOR_ID
h0 subsystemId PCI_SUBSYSTEM_ID
h0 expansionRomBaseAddress PCI_ROM_ADDRESS PCI_ROM_ADDRESS enable=_ENABLE base=_MASK
h0 minGnt PCI_MIN_GNT
h0 maxLat PCI_MAX_LAT
h1 bar0 PCI_BASE_ADDRESS_0
h1 bar1 PCI_BASE_ADDRESS_1
h1 primaryBusNumber PCI_PRIMARY_BUS
h1 secondaryBusNumber PCI_SECONDARY_BUS
h1 subordinateBusNumber PCI_SUBORDINATE_BUS
h1 secondaryLatencyTimer PCI_SEC_LATENCY_TIMER
h1 ioBase PCI_IO_BASE PCI_IO_RANGE capability=_TYPE_MASK
h1 ioLimit PCI_IO_LIMIT PCI_IO_RANGE capability=_TYPE_MASK
h1 secondaryStatus PCI_SEC_STATUS PCI_STATUS ${STATUS} receivedSystemError=_SIG_SYSTEM_ERROR
h1 memoryBase PCI_MEMORY_BASE
h1 memoryLimit PCI_MEMORY_LIMIT
h1 prefetchableMemoryBase PCI_PREF_MEMORY_BASE PCI_PREF_RANGE capability=_TYPE_MASK
h1 prefetchableMemoryLimit PCI_PREF_MEMORY_LIMIT PCI_PREF_RANGE capability=_TYPE_MASK
h1 prefetchableBaseUpper PCI_PREF_BASE_UPPER32
h1 prefetchableLimitUpper PCI_PREF_LIMIT_UPPER32
h1 ioBaseUpper PCI_IO_BASE_UPPER16
h1 ioLimitUpper PCI_IO_LIMIT_UPPER16
h1 expansionRomBaseAddress PCI_ROM_ADDRESS1 PCI_ROM_ADDRESS enable=_ENABLE base=_MASK
h1 bridgeControl PCI_BRIDGE_CONTROL PCI_BRIDGE_CTL ${BRIDGE} masterAbortModeConventional=_MASTER_ABORT secondaryBusReset=_BUS_RESET fastBackToBackEnable=_FAST_BACK fastBackToBackEnableConventional=_FAST_BACK
h2 secondaryStatus PCI_CB_SEC_STATUS PCI_STATUS masterDataParityError=_PARITY devselTiming=_DEVSEL_MASK receivedSystemError=_SIG_SYSTEM_ERROR detectedParityError=_DETECTED_PARITY
h2 primaryBusNumber PCI_CB_PRIMARY_BUS
h2 secondaryBusNumber PCI_CB_CARD_BUS
h2 subordinateBusNumber PCI_CB_SUBORDINATE_BUS
h2 secondaryLatencyTimer PCI_CB_LATENCY_TIMER
h2 memoryBase0 PCI_CB_MEMORY_BASE_0
h2 memoryLimit0 PCI_CB_MEMORY_LIMIT_0
h2 memoryBase1 PCI_CB_MEMORY_BASE_1
h2 memoryLimit1 PCI_CB_MEMORY_LIMIT_1
h2 ioBase0 PCI_CB_IO_BASE_0
h2 ioLimit0 PCI_CB_IO_LIMIT_0
h2 ioBase1 PCI_CB_IO_BASE_1
h2 ioLimit1 PCI_CB_IO_LIMIT_1
h2 bridgeControl PCI_CB_BRIDGE_CONTROL PCI_CB_BRIDGE_CTL ${BRIDGE} secondaryBusReset=_CB_RESET interruptEnable16Bit=_16BIT_INT prefetchMemory0=_PREFETCH_MEM0 prefetchMemory1=_PREFETCH_MEM1 postWrites=_POST_WRITES
h2 subsystemVendorId PCI_CB_SUBSYSTEM_VENDOR_ID
h2 subsystemId PCI_CB_SUBSYSTEM_ID
h2 legacyModeBaseAddress PCI_CB_LEGACY_MODE_BASE
pm powerManagementCapabilities PCI_PM_PMC PCI_PM_CAP version=_VER_MASK pmeClock=_PME_CLOCK deviceSpecificInitialization=_DSI auxCurrent=_AUX_POWER d1Support=_D1 d2Support=_D2 pmeSupport=_PME_MASK
pm powerManagementControlStatus PCI_PM_CTRL PCI_PM_CTRL powerState=_STATE_MASK noSoftReset=_NO_SOFT_RESET pmeEnable=_PME_ENABLE dataSelect=_DATA_SEL_MASK dataScale=_DATA_SCALE_MASK pmeStatus=_PME_STATUS
pm bridgeSupportExtensions PCI_PM_PPB_EXTENSIONS PCI_PM b2b3Support=_PPB_B2_B3 busPowerClockControlEnable=_BPCC_ENABLE
pm data PCI_PM_DATA_REGISTER
vpd address PCI_VPD_ADDR PCI_VPD_ADDR address=_MASK flag=_F
vpd data PCI_VPD_DATA
msi32 control PCI_MSI_FLAGS PCI_MSI_FLAGS ${MSI}
msi32 messageAddress PCI_MSI_ADDRESS_LO
msi32 messageData PCI_MSI_DATA_32
msi32 maskBits PCI_MSI_MASK_32
msi32 pendingBits PCI_MSI_PENDING_32
msi64 control PCI_MSI_FLAGS PCI_MSI_FLAGS ${MSI}
msi64 messageUpperAddress PCI_MSI_ADDRESS_HI
msi64 messageData PCI_MSI_DATA_64
msi64 maskBits PCI_MSI_MASK_64
msi64 pendingBits PCI_MSI_PENDING_64
msix control PCI_MSIX_FLAGS PCI_MSIX_FLAGS tableSize=_QSIZE functionMask=_MASKALL enable=_ENABLE
msix table PCI_MSIX_TABLE PCI_MSIX_TABLE bir=_BIR offset=_OFFSET
msix pendingBitArray PCI_MSIX_PBA PCI_MSIX_PBA bir=_BIR offset=_OFFSET
af capability PCI_AF_CAP PCI_AF_CAP transactionsPendingCapability=_TP functionLevelResetCapability=_FLR
af control PCI_AF_CTRL PCI_AF_CTRL initiateFunctionLevelReset=_FLR
af status PCI_AF_STATUS PCI_AF_STATUS transactionsPending=_TP
ssvid subsystemVendorId PCI_SSVID_VENDOR_ID
ssvid subsystemId PCI_SSVID_DEVICE_ID
pcix command PCI_X_CMD PCI_X_CMD dataParityErrorRecoveryEnable=_DPERR_E enableRelaxedOrdering=_ERO maxMemoryReadByteCount=_MAX_READ maxOutstandingSplitTransactions=_MAX_SPLIT
pcix status PCI_X_STATUS PCI_X_STATUS busNumber=_BUS device64Bit=_64BIT capable133MHz=_133MHZ splitCompletionDiscarded=_SPL_DISC unexpectedSplitCompletion=_UNX_SPL deviceComplexity=_COMPLEX designedMaxMemoryReadByteCount=_MAX_READ designedMaxOutstandingSplitTransactions=_MAX_SPLIT designedMaxCumulativeReadSize=_MAX_CUM receivedSplitCompletionErrorMessage=_SPL_ERR capable266MHz=_266MHZ capable533MHz=_533MHZ
exp capabilities PCI_EXP_FLAGS PCI_EXP_FLAGS version=_VERS devicePortType=_TYPE slotImplemented=_SLOT interruptMessageNumber=_IRQ
exp deviceCapabilities PCI_EXP_DEVCAP PCI_EXP_DEVCAP maxPayloadSizeSupported=_PAYLOAD phantomFunctionsSupported=_PHANTOM extendedTagFieldSupported=_EXT_TAG endpointL0sAcceptableLatency=_L0S endpointL1AcceptableLatency=_L1 attentionButtonPresent=_ATN_BUT attentionIndicatorPresent=_ATN_IND powerIndicatorPresent=_PWR_IND roleBasedErrorReporting=_RBER capturedSlotPowerLimitValue=_PWR_VAL capturedSlotPowerLimitScale=_PWR_SCL functionLevelResetCapability=_FLR
exp deviceControl PCI_EXP_DEVCTL PCI_EXP_DEVCTL correctableErrorReportingEnable=_CERE nonFatalErrorReportingEnable=_NFERE fatalErrorReportingEnable=_FERE unsupportedRequestReportingEnable=_URRE enableRelaxedOrdering=_RELAX_EN maxPayloadSize=_PAYLOAD extendedTagFieldEnable=_EXT_TAG phantomFunctionsEnable=_PHANTOM auxPowerPmEnable=_AUX_PME enableNoSnoop=_NOSNOOP_EN maxReadRequestSize=_READRQ initiateFunctionLevelReset=_BCR_FLR bridgeConfigurationRetryEnable=_BCR_FLR
exp deviceStatus PCI_EXP_DEVSTA PCI_EXP_DEVSTA correctableErrorDetected=_CED nonFatalErrorDetected=_NFED fatalErrorDetected=_FED unsupportedRequestDetected=_URD auxPowerDetected=_AUXPD transactionsPending=_TRPND
exp linkCapabilities PCI_EXP_LNKCAP PCI_EXP_LNKCAP maxLinkSpeed=_SLS maximumLinkWidth=_MLW aspmSupport=_ASPMS l0sExitLatency=_L0SEL l1ExitLatency=_L1EL clockPowerManagement=_CLKPM surpriseDownErrorReportingCapable=_SDERC dataLinkLayerLinkActiveReportingCapable=_DLLLARC linkBandwidthNotificationCapability=_LBNC portNumber=_PN
exp linkControl PCI_EXP_LNKCTL PCI_EXP_LNKCTL aspmControl=_ASPMC readCompletionBoundary=_RCB readCompletionBoundaryOfPort=_RCB linkDisable=_LD retrainLink=_RL commonClockConfiguration=_CCC extendedSynch=_ES clockPowerManagement=_CLKREQ_EN hardwareAutonomousWidthDisable=_HAWD linkBandwidthManagementInterruptEnable=_LBMIE linkAutonomousBandwidthInterruptEnable=_LABIE
exp linkStatus PCI_EXP_LNKSTA PCI_EXP_LNKSTA currentLinkSpeed=_CLS negotiatedLinkWidth=_NLW linkTraining=_LT slotClockConfiguration=_SLC dataLinkLayerLinkActive=_DLLLA linkBandwidthManagementStatus=_LBMS linkAutonomousBandwidthStatus=_LABS
exp slotCapabilities PCI_EXP_SLTCAP PCI_EXP_SLTCAP attentionButtonPresent=_ABP powerControllerPresent=_PCP mrlSensorPresent=_MRLSP attentionIndicatorPresent=_AIP powerIndicatorPresent=_PIP hotPlugSurprise=_HPS hotPlugCapable=_HPC slotPowerLimitValue=_SPLV slotPowerLimitScale=_SPLS electromechanicalInterlockPresent=_EIP noCommandCompletedSupport=_NCCS physicalSlotNumber=_PSN
exp slotControl PCI_EXP_SLTCTL PCI_EXP_SLTCTL attentionButtonPressedEnable=_ABPE powerFaultDetectedEnable=_PFDE mrlSensorChangedEnable=_MRLSCE presenceDetectChangedEnable=_PDCE commandCompletedInterruptEnable=_CCIE hotPlugInterruptEnable=_HPIE attentionIndicatorControl=_AIC powerIndicatorControl=_PIC powerControllerControl=_PCC electromechanicalInterlockControl=_EIC dataLinkLayerStateChangedEnable=_DLLSCE autoSlotPowerLimitDisable=_ASPL_DISABLE inBandPdDisable=_IBPD_DISABLE
exp slotStatus PCI_EXP_SLTSTA PCI_EXP_SLTSTA attentionButtonPressed=_ABP powerFaultDetected=_PFD mrlSensorChanged=_MRLSC presenceDetectChanged=_PDC commandCompleted=_CC mrlSensorState=_MRLSS presenceDetectState=_PDS electromechanicalInterlockStatus=_EIS dataLinkLayerStateChanged=_DLLSC
exp rootControl PCI_EXP_RTCTL PCI_EXP_RTCTL systemErrorOnCorrectableErrorEnable=_SECEE systemErrorOnNonFatalErrorEnable=_SENFEE systemErrorOnFatalErrorEnable=_SEFEE pmeInterruptEnable=_PMEIE rrsSoftwareVisibilityEnable=_CRSSVE
exp rootCapabilities PCI_EXP_RTCAP PCI_EXP_RTCAP rrsSoftwareVisibility=_CRSVIS
exp rootStatus PCI_EXP_RTSTA PCI_EXP_RTSTA pmeStatus=_PME pmePending=_PENDING
exp deviceCapabilities2 PCI_EXP_DEVCAP2 PCI_EXP_DEVCAP2 completionTimeoutDisableSupported=_COMP_TMOUT_DIS ariForwardingSupported=_ARI atomicOpRoutingSupported=_ATOMIC_ROUTE atomicOp32CompleterSupported=_ATOMIC_COMP32 atomicOp64CompleterSupported=_ATOMIC_COMP64 cas128CompleterSupported=_ATOMIC_COMP128 ltrMechanismSupported=_LTR obffSupported=_OBFF_MASK endEndTlpPrefixSupported=_EE_PREFIX
exp deviceControl2 PCI_EXP_DEVCTL2 PCI_EXP_DEVCTL2 completionTimeoutValue=_COMP_TIMEOUT completionTimeoutDisable=_COMP_TMOUT_DIS ariForwardingEnable=_ARI atomicOpRequesterEnable=_ATOMIC_REQ atomicOpEgressBlocking=_ATOMIC_EGRESS_BLOCK idoRequestEnable=_IDO_REQ_EN idoCompletionEnable=_IDO_CMP_EN ltrMechanismEnable=_LTR_EN obffEnable=_OBFF_WAKE_EN
exp deviceStatus2 PCI_EXP_DEVSTA2
exp linkCapabilities2 PCI_EXP_LNKCAP2 PCI_EXP_LNKCAP2 crosslink=_CROSSLINK
exp linkControl2 PCI_EXP_LNKCTL2 PCI_EXP_LNKCTL2 targetLinkSpeed=_TLS enterCompliance=_ENTER_COMP transmitMargin=_TX_MARGIN hardwareAutonomousSpeedDisable=_HASD
exp linkStatus2 PCI_EXP_LNKSTA2
exp slotCapabilities2 PCI_EXP_SLTCAP2 PCI_EXP_SLTCAP2 inBandPdDisableSupported=_IBPD
exp slotControl2 PCI_EXP_SLTCTL2
exp slotStatus2 PCI_EXP_SLTSTA2
aer uncorrectableErrorStatus PCI_ERR_UNCOR_STATUS PCI_ERR_UNC ${UNCORRECTABLE}
aer uncorrectableErrorMask PCI_ERR_UNCOR_MASK PCI_ERR_UNC ${UNCORRECTABLE}
aer uncorrectableErrorSeverity PCI_ERR_UNCOR_SEVER PCI_ERR_UNC ${UNCORRECTABLE}
aer correctableErrorStatus PCI_ERR_COR_STATUS PCI_ERR_COR ${CORRECTABLE}
aer correctableErrorMask PCI_ERR_COR_MASK PCI_ERR_COR ${CORRECTABLE}
aer advancedErrorCapabilitiesAndControl PCI_ERR_CAP PCI_ERR_CAP ecrcGenerationCapable=_ECRC_GENC ecrcGenerationEnable=_ECRC_GENE ecrcCheckCapable=_ECRC_CHKC ecrcCheckEnable=_ECRC_CHKE
aer headerLog0 PCI_ERR_HEADER_LOG
aer rootErrorCommand PCI_ERR_ROOT_COMMAND PCI_ERR_ROOT_CMD correctableErrorReportingEnable=_COR_EN nonFatalErrorReportingEnable=_NONFATAL_EN fatalErrorReportingEnable=_FATAL_EN
aer rootErrorStatus PCI_ERR_ROOT_STATUS PCI_ERR_ROOT errCorReceived=_COR_RCV multipleErrCorReceived=_MULTI_COR_RCV errFatalNonfatalReceived=_UNCOR_RCV multipleErrFatalNonfatalReceived=_MULTI_UNCOR_RCV firstUncorrectableFatal=_FIRST_FATAL nonFatalErrorMessagesReceived=_NONFATAL_RCV fatalErrorMessagesReceived=_FATAL_RCV interruptMessageNumber=_AER_IRQ
aer errorSourceIdentification PCI_ERR_ROOT_ERR_SRC
dpc capability PCI_EXP_DPC_CAP PCI_EXP_DPC interruptMessageNumber=_IRQ rpExtensions=_CAP_RP_EXT poisonedTlpEgressBlocking=_CAP_POISONED_TLP softwareTrigger=_CAP_SW_TRIGGER rpPioLogSize=_RP_PIO_LOG_SIZE dlActiveErrCor=_CAP_DL_ACTIVE
dpc control PCI_EXP_DPC_CTL PCI_EXP_DPC_CTL interruptEnable=_INT_EN
dpc status PCI_EXP_DPC_STATUS PCI_EXP_DPC triggerStatus=_STATUS_TRIGGER triggerReason=_STATUS_TRIGGER_RSN interruptStatus=_STATUS_INTERRUPT rpBusy=_RP_BUSY triggerReasonExtension=_STATUS_TRIGGER_RSN_EXT rpPioFirstErrorPointer=_RP_PIO_FEP
dpc errorSourceId PCI_EXP_DPC_SOURCE_ID
dpc rpPioStatus PCI_EXP_DPC_RP_PIO_STATUS
dpc rpPioMask PCI_EXP_DPC_RP_PIO_MASK
dpc rpPioSeverity PCI_EXP_DPC_RP_PIO_SEVERITY
dpc rpPioSysError PCI_EXP_DPC_RP_PIO_SYSERROR
dpc rpPioException PCI_EXP_DPC_RP_PIO_EXCEPTION
dpc rpPioHeaderLog0 PCI_EXP_DPC_RP_PIO_HEADER_LOG
dpc rpPioImpSpecLog PCI_EXP_DPC_RP_PIO_IMPSPEC_LOG
vc portVcCapability1 PCI_VC_PORT_CAP1 PCI_VC_CAP1 extendedVcCount=_EVCC lowPriorityExtendedVcCount=_LPEVCC portArbitrationTableEntrySize=_ARB_SIZE
vc portVcCapability2 PCI_VC_PORT_CAP2 PCI_VC_CAP2 vcArbitrationTableOffset=_ARB_OFF
vc portVcControl PCI_VC_PORT_CTRL PCI_VC_PORT_CTRL loadVcArbitrationTable=_LOAD_TABLE
vc portVcStatus PCI_VC_PORT_STATUS PCI_VC_PORT_STATUS vcArbitrationTableStatus=_TABLE
vc vcResourceCapability0 PCI_VC_RES_CAP PCI_VC_RES_CAP portArbitrationTableOffset=_ARB_OFF
vc vcResourceControl0 PCI_VC_RES_CTRL PCI_VC_RES_CTRL loadPortArbitrationTable=_LOAD_TABLE portArbitrationSelect=_ARB_SELECT vcId=_ID enable=_ENABLE
vc vcResourceStatus0 PCI_VC_RES_STATUS PCI_VC_RES_STATUS portArbitrationTableStatus=_TABLE vcNegotiationPending=_NEGO
acs capability PCI_ACS_CAP PCI_ACS ${ACS}
acs control PCI_ACS_CTRL PCI_ACS ${ACS}
acs egressControlVector PCI_ACS_EGRESS_CTL_V
ari capability PCI_ARI_CAP PCI_ARI_CAP mfvcFunctionGroupsCapability=_MFVC acsFunctionGroupsCapability=_ACS
ari control PCI_ARI_CTRL PCI_ARI_CTRL mfvcFunctionGroupsEnable=_MFVC acsFunctionGroupsEnable=_ACS
ats capability PCI_ATS_CAP PCI_ATS_CAP pageAlignedRequest=_PAGE_ALIGNED
ats control PCI_ATS_CTRL PCI_ATS_CTRL enable=_ENABLE
pri control PCI_PRI_CTRL PCI_PRI_CTRL enable=_ENABLE reset=_RESET
pri status PCI_PRI_STATUS PCI_PRI_STATUS responseFailure=_RF unexpectedPageRequestGroupIndex=_UPRGI stopped=_STOPPED prgResponsePasidRequired=_PASID
pri outstandingPageRequestCapacity PCI_PRI_MAX_REQ
pri outstandingPageRequestAllocation PCI_PRI_ALLOC_REQ
iov capability PCI_SRIOV_CAP PCI_SRIOV_CAP vfMigrationCapable=_VFM
iov control PCI_SRIOV_CTRL PCI_SRIOV_CTRL vfEnable=_VFE vfMigrationEnable=_VFM vfMigrationInterruptEnable=_INTR vfMse=_MSE ariCapableHierarchy=_ARI
iov status PCI_SRIOV_STATUS PCI_SRIOV_STATUS vfMigrationStatus=_VFM
iov initialVfs PCI_SRIOV_INITIAL_VF
iov totalVfs PCI_SRIOV_TOTAL_VF
iov numVfs PCI_SRIOV_NUM_VF
iov functionDependencyLink PCI_SRIOV_FUNC_LINK
iov firstVfOffset PCI_SRIOV_VF_OFFSET
iov vfStride PCI_SRIOV_VF_STRIDE
iov vfDeviceId PCI_SRIOV_VF_DID
iov supportedPageSizes PCI_SRIOV_SUP_PGSIZE
iov systemPageSize PCI_SRIOV_SYS_PGSIZE
iov vfBar0 PCI_SRIOV_BAR
iov vfMigrationStateArrayOffset PCI_SRIOV_VFM
ltr maxSnoopLatency PCI_LTR_MAX_SNOOP_LAT PCI_LTR value=_VALUE_MASK scale=_SCALE_MASK
ltr maxNoSnoopLatency PCI_LTR_MAX_NOSNOOP_LAT PCI_LTR value=_VALUE_MASK scale=_SCALE_MASK
l1ss capability PCI_L1SS_CAP PCI_L1SS_CAP pciPmL12=_PCIPM_L1_2 pciPmL11=_PCIPM_L1_1 aspmL12=_ASPM_L1_2 aspmL11=_ASPM_L1_1 l1PmSubstates=_L1_PM_SS commonModeRestoreTime=_CM_RESTORE_TIME tPowerOnScale=_P_PWR_ON_SCALE tPowerOnValue=_P_PWR_ON_VALUE
l1ss control1 PCI_L1SS_CTL1 PCI_L1SS_CTL1 pciPmL12=_PCIPM_L1_2 pciPmL11=_PCIPM_L1_1 aspmL12=_ASPM_L1_2 aspmL11=_ASPM_L1_1 commonModeRestoreTime=_CM_RESTORE_TIME ltrL12ThresholdValue=_LTR_L12_TH_VALUE ltrL12ThresholdScale=_LTR_L12_TH_SCALE
l1ss control2 PCI_L1SS_CTL2
ptm capability PCI_PTM_CAP PCI_PTM_CAP requesterCapable=_REQ rootCapable=_ROOT
ptm control PCI_PTM_CTRL PCI_PTM_CTRL enable=_ENABLE rootSelect=_ROOT
rebar capability0 PCI_REBAR_CAP
rebar control0 PCI_REBAR_CTRL PCI_REBAR_CTRL barIndex=_BAR_IDX numberOfResizableBars=_NBAR_MASK
tph capability PCI_TPH_CAP PCI_TPH_CAP stTableLocation=_LOC_MASK stTableSize=_ST_MASK
dlf capability PCI_DLF_CAP PCI_DLF exchangeEnable=_EXCHANGE_ENABLE
`;

export interface Comparison {
  /** `pciExpress.deviceControl.maxPayloadSize`. */
  readonly what: string;
  readonly constant: string;
  /** Offset of a register, mask of a field; undefined where we have none of that name. */
  readonly ours: number | undefined;
}

/** Every comparison that the lines above ask for. */
export function comparisons(): Comparison[] {
  const all: Comparison[] = [];
  for (const line of LINES.trim().split('\n').filter(Boolean)) {
    const [name, register, offset, prefix = '', ...fields] = line.split(' ');
    const declared = BLOCKS[name!]?.registers[register!];
    all.push({ what: `${name}.${register}`, constant: offset!, ours: declared?.offset });
    for (const pair of fields) {
      const [field, suffix] = pair.split('=');
      const f = declared?.fields[field!];
      const ours = f && (2 ** (f.msb - f.lsb + 1) - 1) * 2 ** f.lsb;
      all.push({ what: `${name}.${register}.${field}`, constant: prefix + suffix, ours });
    }
  }
  return all;
}
