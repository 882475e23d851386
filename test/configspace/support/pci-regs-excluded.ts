// SPDX-License-Identifier: GPL-2.0-only
/** Constants of linux/pci_regs.h that name neither a register nor a field, or one that is another here, and why. */

export const EXCLUDED: readonly (readonly [constants: RegExp, why: string])[] = [
  [/^PCI_(EXT_)?CAP_ID_MAX$|_NUM_BARS$|^PCI_CFG_SPACE(_EXP)?_SIZE$/, 'a count of things, or the size of config space'],
  [/_SHIFT$|^PCI_ACS_EGRESS_BITS$/, 'a shift: the mask of the field is compared'],
  [/^PCI_STATUS_DEVSEL_(FAST|MEDIUM|SLOW)$/, 'a value of DEVSEL timing'],
  [/^PCI_HEADER_TYPE_(NORMAL|BRIDGE|CARDBUS)$/, 'a value of the header layout'],
  [/^PCI_BASE_ADDRESS_(SPACE_(IO|MEMORY)|MEM_TYPE_(32|1M|64))$/, 'a value of the type bits of a BAR'],
  [/^PCI_(IO|PREF)_RANGE_TYPE_(16|32|64)$/, 'a value of the type of a window'],
  [
    /^PCI_(IO|IO_1K|MEMORY|PREF|CB_IO)_RANGE_MASK$/,
    'an address mask of 32 bits for a register of 8 or 16, whose type bits are compared',
  ],
  [/^PCI_MEMORY_RANGE_TYPE_MASK$/, 'four bits that are hardwired to 0: reserved here'],
  [/^PCI_CB_IO_(BASE|LIMIT)_[01]_HI$/, 'the upper half of a register that has 32 bits here'],
  [/^PCI_CLASS_DEVICE$/, 'the upper two bytes of the class code, which is one register here'],
  [/^PCI_CAP_(LIST_NEXT|FLAGS|SIZEOF)$/, 'a byte or the size of the header that every capability has'],
  [/^PCI_EXT_CAP_NEXT$/, 'twelve bits, of which the lower two are to be masked: the whole field here'],
  [/^PCI_EXT_CAP_ID_AMD_XXX$/, 'an ID of AMD that has no name, nor registers that are known'],
  [/^PCI_PM_CAP_PME(_D\w+)?$/, 'one bit of PME Support, which is one field here'],
  [/^PCI_(AGP|MSI)_RFU$/, 'a byte that is reserved, or the upper one of a register'],
  [/^PCI_AGP_(STATUS|COMMAND)_RATE[124]$/, 'one bit of the rates, which are one field here'],
  [/^PCI_MSIX_FLAGS_BIRMASK$/, 'an old name of PCI_MSIX_PBA_BIR'],
  [/^PCI_EA_(BEI|P)_\w+$/, 'a value of a field of an Enhanced Allocation entry'],
  [/^PCI_X_CMD_(READ|SPLIT)_\w+$|^PCI_X_SSTATUS_V[12]$/, 'a value of a field of PCI-X'],
  [/^PCI_X_STATUS_DEVFN$/, 'two fields here: the device and the function'],
  [/^PCI_EXP_TYPE_/, 'a value of the Device/Port Type'],
  [
    /^PCI_EXP_(DEVCTL_(PAYLOAD|READRQ)|LNKCAP_SLS|LNKSTA_(CLS|NLW)|LNKCTL2_TLS|SLTCTL_(ATTN_IND|PWR_IND|PWR))_\w+$/,
    'a value of a field of PCI Express',
  ],
  [
    /^PCI_EXP_(LNKCAP_ASPM|LNKCTL_ASPM|LNKCAP2_SLS)_\w+$|^PCI_EXP_DEVC(AP2_OBFF_(MSG|WAKE)|TL2_OBFF_MSG[AB]_EN)$/,
    'one bit of ASPM, of the speeds or of OBFF, which is one field here',
  ],
  [/^PCI_CAP_EXP_\w+_SIZEOF_V[12]$|^PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF$/, 'how much the kernel virtualizes for a guest'],
  [/^PCI_VC_(CAP2|RES_CAP)_\w+_PHASE(_TB)?$/, 'one bit of the arbitration capability, which is one field here'],
  [/^PCI_CAP_VC_(BASE|PER_VC)_SIZEOF$|^PCI_DPA_BASE_SIZEOF$/, 'a part of a size, which depends on a count'],
  [/^PCI_ATS_(MAX_QDEP|MIN_STU)$/, 'a limit of a field'],
  [/^PCI_SRIOV_VFM_(UA|MI|MO|AV)$/, 'a state in the VF Migration State Array, which is in memory'],
  [/^PCI_SATA_REGS_INLINE$|^PCI_TPH_LOC_(NONE|CAP|MSIX)$|^PCI_EXP_DPC_CTL_EN_\w+$/, 'a value of a field'],
  [
    /^PCI_REBAR_(CAP_SIZES|CTRL_BAR_SIZE)$/,
    'of PCIe 4.0; revision 5.0 has sizes up to 2^43 MB: bits 31:4 of the capability, 13:8 of the control',
  ],
  [/^PCI_L1SS_CTL1_(L1_2|L1SS)_MASK$/, 'several fields at once'],
  [/^PCI_DOE_DATA_OBJECT_/, 'a field of a data object, which is no register'],
];

/** Why a constant is not compared; undefined where nobody has said. */
export const reasonAgainst = (constant: string): string | undefined =>
  EXCLUDED.find(([pattern]) => pattern.test(constant))?.[1];
