// SPDX-License-Identifier: GPL-2.0-only
/** AER and DPC. */
import { advancedErrorReporting, downstreamPortContainment } from '../tables/errors.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

export const showAdvancedErrors: Printer = ({ config, at, role, has }) =>
  titled('Advanced Error Reporting', has(4, 40), () => {
    const read = view(config, advancedErrorReporting, at);
    // Bits that later revisions of the specification added are not in the wording of lspci 3.9.
    const uncorrectable = (
      name: 'uncorrectableErrorStatus' | 'uncorrectableErrorMask' | 'uncorrectableErrorSeverity',
    ) => read(name).flags(4, 21);
    const correctable = (name: 'correctableErrorStatus' | 'correctableErrorMask') => read(name).flags(0, 13);
    const control = read('advancedErrorCapabilitiesAndControl');
    const log = (['headerLog0', 'headerLog1', 'headerLog2', 'headerLog3'] as const).map((n) => hex(read(n).value, 8));
    const lines = [
      `UESta:\t${uncorrectable('uncorrectableErrorStatus')}`,
      `UEMsk:\t${uncorrectable('uncorrectableErrorMask')}`,
      `UESvrt:\t${uncorrectable('uncorrectableErrorSeverity')}`,
      `CESta:\t${correctable('correctableErrorStatus')}`,
      `CEMsk:\t${correctable('correctableErrorMask')}`,
      `AERCap:\tFirst Error Pointer: ${hex(control.get('firstErrorPointer'), 2)}, ${control.flags(5, 8)}`,
      `\t${control.flags(9, 12)}`,
      `HeaderLog: ${log.join(' ')}`,
    ];
    if ((role === 'root port' || role === 'RC event collector') && has(0x2c, 12)) {
      const status = read('rootErrorStatus');
      const source = read('errorSourceIdentification');
      const uncorrected = hex(source.get('errFatalNonfatalSource'), 4);
      lines.push(
        `RootCmd: ${read('rootErrorCommand').flags()}`,
        `RootSta: ${status.flags(0, 3)}`,
        `\t ${status.flags(4, 6)} IntMsg ${status.get('interruptMessageNumber')}`,
        `ErrorSrc: ERR_COR: ${hex(source.get('errCorSource'), 4)} ERR_FATAL/NONFATAL: ${uncorrected}`,
      );
    }
    return lines;
  });

export const showDownstreamPortContainment: Printer = ({ config, at, has }) =>
  titled('Downstream Port Containment', has(4, 8), () => {
    const read = view(config, downstreamPortContainment, at);
    const [cap, ctl, sta] = [read('capability'), read('control'), read('status')];
    const message = `INT Msg #${cap.get('interruptMessageNumber')}`;
    const log = `RP PIO Log ${cap.get('rpPioLogSize')}`;
    const reason = `Reason:${hex(sta.get('triggerReason'), 2)}`;
    const extension = `TriggerExt:${hex(sta.get('triggerReasonExtension'), 2)}`;
    const pointer = `RP PIO ErrPtr:${hex(sta.get('rpPioFirstErrorPointer'), 2)}`;
    return [
      `DpcCap:\t${message}, ${cap.flags(5, 7)} ${log}, ${cap.flags(12, 12)}`,
      `DpcCtl:\tTrigger:${ctl.get('triggerEnable').toString(16)} ${ctl.flags(2, 7)}`,
      `DpcSta:\t${sta.flags(0, 0)} ${reason} ${sta.flags(3, 4)} ${extension} ${pointer}`,
      `Source:\t${hex(read('errorSourceId').value, 4)}`,
    ];
  });
